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
  for (const { text, number, end, isEnded } of firstLines(head)) {
    if (!isEnded && !isAll) return undefined;
    if (!standsAlone(text)) continue;
    const next = firstOf(head, end);
    if (next === undefined) return formOfLast(number, isAll);
    if (!GOES_ON.includes(next)) return 'lines';
  }
  return 'documents';
};

/** The form where a line that stands alone has nothing behind it: one such line by itself may be a document. */
const formOfLast = (number: number, isAll: boolean): JsonForm | undefined => {
  if (!isAll) return undefined;
  return number > 1 ? 'lines' : 'documents';
};

/** A line without the blanks around it. */
interface HeadLine {
  readonly text: string;
  /** Among those that are not blank, from 1. */
  readonly number: number;
  /** The place behind it. */
  readonly end: number;
  /** Whether a newline ends it: without one, more of it may come. */
  readonly isEnded: boolean;
}

/** Lines up to the last of the first {@link LINES} that are not blank. */
function* firstLines(head: Buffer): Generator<HeadLine> {
  let number = 0;
  for (let begin = 0; number < LINES; ) {
    const newline = head.indexOf(NEWLINE, begin);
    const end = newline < 0 ? head.length : newline;
    const text = head.toString('utf8', begin, end).trim();
    if (text) number += 1;
    yield { text, number, end, isEnded: newline >= 0 };
    if (newline < 0) return;
    begin = newline + 1;
  }
}

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
