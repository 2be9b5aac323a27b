import { isCanonical } from '../events/canonical-json.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { parseBody } from '../events/recorded-event.ts';
import { type Finding, shown } from './finding.ts';

/** The columns that say again what the body says. */
const COPIES = ['type', 'eventId', 'recordedAt', 'effectiveAt'] as const satisfies (keyof LedgerLine)[];

/** What a body says, as far as it could be read, and what is wrong with it. */
export interface CheckedBody {
  readonly eventId?: string;
  readonly recordedAt?: string;
  readonly findings: readonly Finding[];
}

/** Checks that a body is canonical JSON of an event that this version knows, and that the columns beside it agree with it. */
export const checkBody = (columns: StoredColumns): CheckedBody => {
  const { stream, seq, body } = columns;
  const wrong = (expected: string, found: string): CheckedBody => ({
    findings: [{ kind: 'body', stream, seq, expected, found }],
  });
  if (body === undefined) return wrong('the text of an event', 'nothing');
  const json = parsed(body);
  if (json === undefined) return wrong('JSON', 'a text that is none');
  if (!isCanonical(body, json)) return wrong('canonical JSON', 'JSON in another form');
  const said = parseBody(json);
  if (typeof said === 'string') return wrong('an event of a type and version that are known', said);

  const { recordedAt, event } = said;
  const { eventId } = event;
  const copies = { type: event.type, eventId, recordedAt, effectiveAt: event.effectiveAt };
  const findings = COPIES.filter((name) => copies[name] !== columns[name]).map(
    (name): Finding => ({
      kind: 'column',
      stream,
      seq,
      expected: `${name} as the body says it, ${shown(copies[name])}`,
      found: shown(columns[name]),
    }),
  );
  return { eventId, recordedAt, findings };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON, which is what the caller asks.
  }
};
