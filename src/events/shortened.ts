/** A text of at most so many UTF-16 code units, with a sign that something was cut, and no half character at its end. */
export const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
