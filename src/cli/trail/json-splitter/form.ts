/** The layout of JSON in a text: one value per line, or values of any shape one after another. */
export type JsonForm = 'lines' | 'documents';

/**
 * The number of bytes from which the form can always be decided: a longer line exceeds the size limit of a
 * record.
 */
export const HEAD_BYTES = 1024 * 1024;

const LINES = 10;
const NEWLINE = 0x0a;

/**
 * Detects the form from the start of a text; undefined if more of it is needed. The form is `lines` if one of
 * the first lines is a complete object or list and the next text does not continue it, as it does in
 * `{"Records":[`, LINE, `,`. The form decides what a newline means in malformed JSON.
 */
export const formOf = (head: Buffer, ended: boolean): JsonForm | undefined => {
  const isAll = ended || head.length >= HEAD_BYTES;
  for (const { text, number, end, isEnded } of firstLines(head)) {
    if (!isEnded && !isAll) return undefined;
    // A text of one line is a document, whatever it is. Most files are, and parsing them twice takes time.
    if (!isEnded && number <= 1) return 'documents';
    if (!standsAlone(text)) continue;
    const next = firstOf(head, end);
    if (next === undefined) return formOfLast(number, isAll);
    if (!GOES_ON.includes(next)) return 'lines';
  }
  return 'documents';
};

/** The form if nothing follows a complete line. A single complete line counts as a document. */
const formOfLast = (number: number, isAll: boolean): JsonForm | undefined => {
  if (!isAll) return undefined;
  return number > 1 ? 'lines' : 'documents';
};

/** A line. */
interface HeadLine {
  /** Trimmed; empty for a first line without an end. */
  readonly text: string;
  /** The line's number among the non-blank lines, from 1. */
  readonly number: number;
  /** The offset just past the line. */
  readonly end: number;
  /** Whether a newline ends the line. Without one, the line can continue. */
  readonly isEnded: boolean;
}

/** Yields lines up to and including the {@link LINES}th non-blank line. */
function* firstLines(head: Buffer): Generator<HeadLine> {
  let number = 0;
  for (let begin = 0; number < LINES; ) {
    const newline = head.indexOf(NEWLINE, begin);
    const end = newline < 0 ? head.length : newline;
    const isEnded = newline >= 0;
    // A file of one line, as most are, would be decoded for nothing: whatever it is, it is a document.
    const text = isEnded || number > 0 ? head.toString('utf8', begin, end).trim() : '';
    if (text) number += 1;
    yield { text, number, end, isEnded };
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

/** The first non-blank byte at or after `from`. */
const firstOf = (bytes: Buffer, from: number): number | undefined => {
  let i = from;
  while (i < bytes.length && (bytes[i] as number) <= 0x20) i += 1;
  return bytes[i];
};
