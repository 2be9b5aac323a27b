/** An alert, as SNS delivers it. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
}

/** How many items an alert lists; the commands in it show the others. */
export const SAMPLES = 10;

/** SNS takes fewer than 100 printable ASCII characters in a subject (SNS API reference, Publish). */
const SUBJECT_LENGTH = 99;

/** Makes a text a valid SNS subject: other characters become a question mark, and the end is cut. */
export const subjectOf = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_LENGTH);

/**
 * Makes untrusted text fit one line, with at most `length` characters: control and invisible characters, and
 * line and paragraph separators, become a space.
 */
export const oneLine = (text: string, length = 500): string =>
  text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, length)
    .toWellFormed();

/** A count with its noun: `1 resource`, `2 resources`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
