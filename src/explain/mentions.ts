/**
 * Returns a test for whether an input mentions a resource by its id, alone or within an ARN or a sentence, at
 * any depth. `userIdentity` is ignored, because the role session of an instance is named after the instance.
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
