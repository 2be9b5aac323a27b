import { type StoredColumns, toLine } from '../events/ledger-line.ts';

const TEXTS = ['type', 'eventId', 'recordedAt', 'effectiveAt', 'prev', 'hash', 'body'] as const;

/**
 * All of a line before its body, as it is in nearly every line: no text in it has characters that JSON
 * escapes.
 */
const HEAD =
  /^\{"stream":"([ !#-[\]-\uffff]*)","seq":([1-9]\d{0,14}),"type":"([ !#-[\]-\uffff]*)","eventId":"([ !#-[\]-\uffff]*)","recordedAt":"([ !#-[\]-\uffff]*)","effectiveAt":"([ !#-[\]-\uffff]*)","prev":"([0-9a-f]*)","hash":"([0-9a-f]*)","body":"/;

/** Matches a body with escapes other than those of quotes and backslashes, and some usual bodies as well. */
const UNUSUAL = /\\[^"\\]/;

/**
 * Parses a line of an exported ledger, without its line end. Returns undefined unless the line is exactly
 * what an export writes for its columns, so that no changed byte goes unnoticed.
 */
export const readLine = (line: string): StoredColumns | undefined => readUsual(line) ?? readAny(line);

/**
 * Parses a line of the usual form with a regular expression, in a third of the time; undefined for any other
 * line.
 */
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
    return undefined; // Not JSON, so not a line of a ledger.
  }
};
