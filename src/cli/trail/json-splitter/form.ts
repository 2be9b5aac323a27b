/** How a text holds its JSON: one value a line, or values of any shape, one after the other. */
export type JsonForm = 'lines' | 'documents';

/** A head of this size is enough to tell: a line that is longer holds more than one record may. */
export const HEAD_BYTES = 1024 * 1024;

const LINES = 10;
const NEWLINE = 0x0a;

/**
 * Tells the form from the beginning of a text; undefined when more of it is wanted. One value a line it is when
 * one of the first lines is an object or a list of its own, and what follows does not go on with it, as it does in
 * `{"Records":[`, LINE, `,`. The difference is what a newline means where JSON is malformed.
 */
export const formOf = (head: Buffer, ended: boolean): JsonForm | undefined => {
  const isAll = ended || head.length >= HEAD_BYTES;
  let begin = 0;
  for (let lines = 0; lines < LINES; ) {
    const newline = head.indexOf(NEWLINE, begin);
    if (newline < 0 && !isAll) return undefined;
    const end = newline < 0 ? head.length : newline;
    const line = head.toString('utf8', begin, end).trim();
    if (line) {
      lines += 1;
      if (standsAlone(line)) {
        const next = firstOf(head, end);
        if (next === undefined && !isAll) return undefined;
        if (next === undefined) return lines > 1 ? 'lines' : 'documents';
        if (!GOES_ON.includes(next)) return 'lines';
      }
    }
    if (newline < 0) return 'documents';
    begin = newline + 1;
  }
  return 'documents';
};

const GOES_ON = [...Buffer.from(',]}')];

const standsAlone = (line: string): boolean => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  } catch {
    return false;
  }
};

/** The first byte that is no blank. */
const firstOf = (bytes: Buffer, from: number): number | undefined => {
  let i = from;
  while (i < bytes.length && (bytes[i] as number) <= 0x20) i += 1;
  return bytes[i];
};
