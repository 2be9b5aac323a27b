import { isAscii } from 'node:buffer';

/**
 * Joins descriptions of problems into one message for answers and logs. It stays readable whatever the size
 * of the input: at most 10 problems of 200 characters each.
 */
export const joinProblems = (problems: readonly string[]): string => {
  const some = problems.slice(0, 10).map((problem) => truncate(problem, 200));
  return [...some, ...(problems.length > 10 ? [`${problems.length - 10} more`] : [])].join('; ');
};

/** A text with a capital letter at its beginning. */
export const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A text as a sentence: with a full stop, unless it ends with one or asks something. */
export const sentence = (text: string): string => (/[.?]$/.test(text) ? text : `${text}.`);

/** Cuts a text to `length` UTF-16 code units. A cut text ends in `…`, and never splits a character. */
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
 * Decodes bytes as UTF-8; invalid bytes become U+FFFD. Nearly all input is ASCII, which Node detects and
 * copies in half the time that decoding takes.
 */
export const decodeUtf8 = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
