import * as v from 'valibot';
import { type RecordedEvent, UnreadableEventError } from './recorded-event.ts';

/**
 * Every column of an event's item, unchecked. Exported files contain these, and verification reads them.
 * `stream`, `seq`, `prev`, `hash` and `body` are the record; the others are copies of fields in `body`.
 */
const LedgerLineSchema = v.object({
  stream: v.string(),
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  type: v.string(),
  eventId: v.string(),
  recordedAt: v.string(),
  effectiveAt: v.string(),
  prev: v.string(),
  hash: v.string(),
  body: v.string(),
});
export type LedgerLine = Readonly<v.InferOutput<typeof LedgerLineSchema>>;

/** The columns of a recorded event; hashes as 64 hex digits, the first event's `prev` as `GENESIS`. */
export const columnsOf = ({
  stream,
  seq,
  recordedAt,
  prev,
  hash,
  body,
  event,
}: RecordedEvent): LedgerLine => ({
  stream,
  seq,
  type: event.type,
  eventId: event.eventId,
  recordedAt,
  effectiveAt: event.effectiveAt,
  prev,
  hash,
  body,
});

/**
 * The columns of an item as stored, whoever wrote it. If the item was damaged or written by hand, columns may
 * be missing or may not be text. Through these, an unreadable event can still be exported and verified.
 */
export type StoredColumns = Pick<LedgerLine, 'stream' | 'seq'> & Partial<LedgerLine>;

/** Columns as one line of NDJSON, without the line end. The members are in the order of {@link columnsOf}. */
export const toLine = (columns: StoredColumns): string => JSON.stringify(columns);

/**
 * Parses the columns in a line. Throws an `UnreadableEventError` for a line of another form; checks no hash.
 */
export const fromLine = (line: string): LedgerLine => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), LedgerLineSchema), line);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new UnreadableEventError(
    'a line of a file',
    0,
    `${v.getDotPath(issue) ?? 'line'} is not what it should be`,
  );
};
