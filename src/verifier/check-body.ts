import { isCanonical } from '../events/canonical-json.ts';
import { hasOnlyKnownFields, unknownFields } from '../events/event-form.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { EVENT_FORMATS, EVENT_TYPES, newerIn, newerText } from '../events/tag-event.ts';
import { type Finding, type FindingKind, quoted } from './finding.ts';

/** The columns that repeat fields of the body. */
const COPIES = ['type', 'eventId', 'recordedAt', 'effectiveAt'] as const satisfies (keyof LedgerLine)[];

/** The fields of a body, as far as it could be read, and what is wrong with it. */
export interface CheckedBody {
  readonly eventId?: string;
  readonly recordedAt?: string;
  readonly findings: readonly Finding[];
}

/**
 * Whether a body literally repeats the columns beside it, in a known format and without unknown fields. No
 * value can imitate this, since the quotes in it would be escaped.
 */
export const isUsual = ({ type = '', eventId, recordedAt, effectiveAt, body = '' }: StoredColumns): boolean =>
  body.includes(`"effectiveAt":"${effectiveAt}","eventId":"${eventId}"`) &&
  body.includes(`"recordedAt":"${recordedAt}"`) &&
  body.includes(`"type":"${type}"`) &&
  hasOnlyKnownFields(type, body);

/**
 * Checks that a body is the canonical JSON of an event of a known type and format, that it has no unknown
 * fields, and that the columns beside it agree with it. Nothing else in it is checked: its hash shows that it
 * is what was written, and readers of the event parse it.
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
  // A changed body does not come from a newer version, whatever it claims.
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
    return undefined; // Not JSON, which is the caller's question.
  }
};
