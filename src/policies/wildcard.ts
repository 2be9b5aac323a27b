/**
 * What is wrong with an allowed value, as the end of a sentence. Like Organizations, tagledger accepts one
 * `*` in a value.
 */
export const wildcardProblem = (allowed: string): string | undefined =>
  allowed.indexOf('*') === allowed.lastIndexOf('*')
    ? undefined
    : `${JSON.stringify(allowed)} has several "*", and a value can have one`;

/** Whether a value matches an allowed value, in which one `*` stands for any text, including none. */
export const matches = (allowed: string, value: string): boolean => {
  const star = allowed.indexOf('*');
  if (star < 0) return allowed === value;
  const [head, tail] = [allowed.slice(0, star), allowed.slice(star + 1)];
  return value.length >= head.length + tail.length && value.startsWith(head) && value.endsWith(tail);
};
