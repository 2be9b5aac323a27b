import { isCanonical } from '../events/canonical-json.ts';
import { hasOnlyKnownFields, unknownFields } from '../events/event-form.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { EVENT_FORMATS, EVENT_TYPES, newerIn, newerText } from '../events/tag-event.ts';
import { type Finding, type FindingKind, quoted } from './finding.ts';

/** The columns that say again what the body says. */
const COPIES = ['type', 'eventId', 'recordedAt', 'effectiveAt'] as const satisfies (keyof LedgerLine)[];

/** What a body says, as far as it could be read, and what is wrong with it. */
export interface CheckedBody {
  readonly eventId?: string;
  readonly recordedAt?: string;
  readonly findings: readonly Finding[];
}

/**
 * Whether a body says in so many words what the columns beside it say, in a format that is known, and has no field that
 * is not. No value can pretend to: the quotes in it would be escaped.
 */
export const isUsual = ({ type = '', eventId, recordedAt, effectiveAt, body = '' }: StoredColumns): boolean =>
  body.includes(`"effectiveAt":"${effectiveAt}","eventId":"${eventId}"`) &&
  body.includes(`"recordedAt":"${recordedAt}"`) &&
  body.includes(`"type":"${type}"`) &&
  hasOnlyKnownFields(type, body);

/**
 * Checks that a body is canonical JSON of an event of a type and format that are known, that it has no fields that are
 * not, and that the columns beside it agree with it. What else is in it is not looked at: its hash says that it is what
 * was written, and who reads the event parses it.
 */
export const checkBody = (columns: StoredColumns, hasItsHash: boolean): CheckedBody => {
  const { stream, seq, body } = columns;
  const finding = (kind: FindingKind, expected: string, found: string): Finding => ({
    kind,
    stream,
    seq,
    expected,
    found,
  });
  const wrong = (expected: string, found: string): CheckedBody => ({
    findings: [finding('body', expected, found)],
  });
  if (body === undefined) return wrong('the text of an event', 'nothing');
  const json = parsed(body);
  if (json === undefined) return wrong('JSON', 'a text that is none');
  if (!isCanonical(body, json)) return wrong('canonical JSON', 'JSON in another form');
  // What was changed is nobody's newer format, whatever it says now.
  const newer = hasItsHash ? newerIn(json) : undefined;
  if (newer) {
    const expected = 'an event of a type and format that this version knows';
    return { findings: [finding('newer', expected, newerText(newer))] };
  }
  if (!isEvent(json)) return wrong('an event of a type and format that are known', 'something else');

  const fields = unknownFields(json);
  const findings = COPIES.filter((name) => json[name] !== columns[name]).map((name) =>
    finding('column', `${name} as the body says it, ${quoted(json[name])}`, quoted(columns[name])),
  );
  const { eventId, recordedAt } = json;
  return {
    ...(typeof eventId === 'string' && { eventId }),
    ...(typeof recordedAt === 'string' && { recordedAt }),
    findings: [
      ...findings,
      ...(fields.length > 0
        ? [
            finding(
              'field',
              'only fields that this version knows',
              `others beside them: ${fields.join(', ')}`,
            ),
          ]
        : []),
    ],
  };
};

const isEvent = (json: unknown): json is Readonly<Record<string, unknown>> => {
  const { type, schemaVersion } = Object(json) as Readonly<Record<string, unknown>>;
  return EVENT_TYPES.has(String(type)) && EVENT_FORMATS.some((known) => known === schemaVersion);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON, which is what the caller asks.
  }
};
