import { type StoredColumns, toLine } from '../events/ledger-line.ts';

const TEXTS = ['type', 'eventId', 'recordedAt', 'effectiveAt', 'prev', 'hash', 'body'] as const;

/** All before the body, as nearly every line has it: no text there holds anything that JSON escapes. */
const HEAD =
  /^\{"stream":"([ !#-[\]-\uffff]*)","seq":([1-9]\d{0,14}),"type":"([ !#-[\]-\uffff]*)","eventId":"([ !#-[\]-\uffff]*)","recordedAt":"([ !#-[\]-\uffff]*)","effectiveAt":"([ !#-[\]-\uffff]*)","prev":"([0-9a-f]*)","hash":"([0-9a-f]*)","body":"/;

/** A body's text in a line in which anything but quotes and backslashes is escaped; it finds some others, too. */
const UNUSUAL = /\\[^"\\]/;

/**
 * The columns in a line of an exported ledger (without its end); undefined for any text but the one that an export
 * writes for them, so that no byte of a line can be another one unnoticed.
 */
export const readLine = (line: string): StoredColumns | undefined => readUsual(line) ?? readAny(line);

/** A line of the usual form is taken apart by its look, in a third of the time; undefined for any other. */
const readUsual = (line: string): StoredColumns | undefined => {
  const [head, stream, seq, type, eventId, recordedAt, effectiveAt, prev, hash] = HEAD.exec(line) ?? [];
  if (head === undefined || stream === undefined || !line.endsWith('"}')) return undefined;
  const text = line.slice(head.length - 1, -1);
  const body = UNUSUAL.test(text) ? undefined : parsed(text);
  if (typeof body !== 'string') return undefined;
  return {
    stream,
    seq: Number(seq),
    type,
    eventId,
    recordedAt,
    effectiveAt,
    prev,
    hash,
    body,
  } as StoredColumns;
};

const readAny = (line: string): StoredColumns | undefined => {
  const json = parsed(line);
  if (typeof json !== 'object' || json === null) return undefined;
  const columns = json as Readonly<Record<string, unknown>>;
  if (typeof columns.stream !== 'string' || typeof columns.seq !== 'number') return undefined;
  const read: Record<string, unknown> = { stream: columns.stream, seq: columns.seq };
  for (const name of TEXTS) {
    const text = columns[name];
    if (typeof text === 'string') read[name] = text;
  }
  return toLine(read as StoredColumns) === line ? (read as StoredColumns) : undefined;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // No JSON, so no line of a ledger.
  }
};
