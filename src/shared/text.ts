import { isAscii } from 'node:buffer';

/**
 * What is wrong, as one text. A message goes into answers and logs: whatever the size of the input, it stays one that
 * can be read.
 */
export const joinProblems = (problems: readonly string[]): string => {
  const some = problems.slice(0, 10).map((problem) => truncate(problem, 200));
  return [...some, ...(problems.length > 10 ? [`${problems.length - 10} more`] : [])].join('; ');
};

/** A text of at most so many UTF-16 code units, with a sign that something was cut, and no half character at its end. */
export const truncate = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;

/** A value as it may stand in a message: on one line, and short. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.toWellFormed()) : String(value);
  return truncate(text, 80);
};

/**
 * The text of bytes that are UTF-8; a byte that is none becomes U+FFFD. Nearly all that is read here is ASCII, which
 * Node finds out and copies in half the time that it takes to decode.
 */
export const decodeUtf8 = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
