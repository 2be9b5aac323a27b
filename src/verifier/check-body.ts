import { isCanonical } from '../events/canonical-json.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { isOfKnownType } from '../events/tag-event.ts';
import { type Finding, shown } from './finding.ts';

/** The columns that say again what the body says. */
const COPIES = ['type', 'eventId', 'recordedAt', 'effectiveAt'] as const satisfies (keyof LedgerLine)[];

/** What a body says, as far as it could be read, and what is wrong with it. */
export interface CheckedBody {
  readonly eventId?: string;
  readonly recordedAt?: string;
  readonly findings: readonly Finding[];
}

/**
 * Whether a body says in so many words what the columns beside it say. No value can pretend to: the quotes in it would be
 * escaped.
 */
export const saysSo = ({ type, eventId, recordedAt, effectiveAt, body = '' }: StoredColumns): boolean =>
  body.includes(`"effectiveAt":"${effectiveAt}","eventId":"${eventId}"`) &&
  body.includes(`"recordedAt":"${recordedAt}"`) &&
  body.includes(`"type":"${type}"`);

/**
 * Checks that a body is canonical JSON of an event of a type and version that are known, and that the columns beside it
 * agree with it. What else is in it is not looked at: its hash says that it is what was written, and who reads the event
 * parses it.
 */
export const checkBody = (columns: StoredColumns): CheckedBody => {
  const { stream, seq, body } = columns;
  const wrong = (expected: string, found: string): CheckedBody => ({
    findings: [{ kind: 'body', stream, seq, expected, found }],
  });
  if (body === undefined) return wrong('the text of an event', 'nothing');
  const json = parsed(body);
  if (json === undefined) return wrong('JSON', 'a text that is none');
  if (!isCanonical(body, json)) return wrong('canonical JSON', 'JSON in another form');
  if (!isOfKnownType(json)) return wrong('an event of a type and version that are known', 'something else');

  const said: Readonly<Record<string, unknown>> = json;
  const findings = COPIES.filter((name) => said[name] !== columns[name]).map(
    (name): Finding => ({
      kind: 'column',
      stream,
      seq,
      expected: `${name} as the body says it, ${shown(said[name])}`,
      found: shown(columns[name]),
    }),
  );
  const { eventId, recordedAt } = said;
  return {
    ...(typeof eventId === 'string' && { eventId }),
    ...(typeof recordedAt === 'string' && { recordedAt }),
    findings,
  };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON, which is what the caller asks.
  }
};
