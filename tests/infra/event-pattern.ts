type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/**
 * Whether an event matches a pattern, as EventBridge and Lambda's filters have it (EventBridge guide, "Event patterns";
 * no kept package does this for Node): every member of the pattern must be in the event; a list in the pattern matches a
 * value that is one of its items, and a list that has one of them. Throws for an operator such as `prefix`, of which the
 * patterns of tagledger have none.
 */
export const matches = (pattern: unknown, event: unknown): boolean => {
  if (Array.isArray(pattern)) {
    if (pattern.some((item) => typeof item === 'object' && item !== null)) {
      throw new Error(`The matcher does not know the operator ${JSON.stringify(pattern)}. Teach it.`);
    }
    const values: readonly Json[] = Array.isArray(event) ? event : [event as Json];
    return values.some((value) => pattern.includes(value));
  }
  if (typeof pattern !== 'object' || pattern === null) throw new Error('a pattern has lists at its ends');
  return Object.entries(pattern).every(
    ([name, inner]) =>
      typeof event === 'object' &&
      event !== null &&
      Object.hasOwn(event, name) &&
      matches(inner, (event as Record<string, unknown>)[name]),
  );
};
