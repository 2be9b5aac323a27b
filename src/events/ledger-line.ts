import * as v from 'valibot';
import { type RecordedEvent, UnreadableEventError } from './recorded-event.ts';

/**
 * Every column of an event's item as text, unchecked: what exported files hold and what verification looks at. Of
 * these, `stream`, `seq`, `prev`, `hash` and `body` are the record; the others are copies of what `body` says.
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
 * The columns of an item as they stand, whoever wrote them: of an item that was damaged or made by hand, some may be
 * missing, or be no text. What cannot be read as an event can be exported and verified by these.
 */
export type StoredColumns = Pick<LedgerLine, 'stream' | 'seq'> & Partial<LedgerLine>;

/** Columns as one line of a file (NDJSON), without the line's end; its members stand in the order of {@link columnsOf}. */
export const toLine = (columns: StoredColumns): string => JSON.stringify(columns);

/** The columns in a line; throws an `UnreadableEventError` for a line that is not one. Nothing is checked against the hash. */
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
