import { type StoredColumns, toLine } from '../events/ledger-line.ts';

const TEXTS = ['type', 'eventId', 'recordedAt', 'effectiveAt', 'prev', 'hash', 'body'] as const;

/**
 * The columns in a line of an exported ledger (without its end); undefined for any text but the one that an export
 * writes for them, so that no byte of a line can be another one unnoticed.
 */
export const readLine = (line: string): StoredColumns | undefined => {
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
