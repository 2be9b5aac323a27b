/**
 * Tells whether an input of the front door names a resource by its id, alone or in an ARN or a sentence, at any depth.
 * Who called does not count: an instance with a role calls under a session that is named after it.
 */
export const mentions = (id: string): ((input: unknown) => boolean) => {
  const whole = new RegExp(`(?<![\\w-])${id.replace(/\W/g, '\\$&')}(?![\\w-])`);
  const holds = (value: unknown): boolean =>
    typeof value === 'string'
      ? whole.test(value)
      : typeof value === 'object' &&
        value !== null &&
        Object.entries(value).some(([name, member]) => name !== 'userIdentity' && holds(member));
  return holds;
};
