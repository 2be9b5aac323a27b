/**
 * EC2's limits on tags (EC2 User Guide, "Tag your Amazon EC2 resources"; API model of `Tag`). The guide
 * allows 128 characters for a key and the API model 127: the smaller limit satisfies both.
 */
export const TAG_LIMITS = { keyLength: 127, valueLength: 256, tagsPerResource: 50 } as const;

/** What is wrong with a tag key, as the end of a sentence; undefined for a key that EC2 accepts. */
export const keyProblem = (key: string): string | undefined => {
  if (key === '') return 'is empty: a tag key has at least one character';
  if (key.length > TAG_LIMITS.keyLength) {
    return `has ${key.length} characters: EC2 takes at most ${TAG_LIMITS.keyLength}`;
  }
  if (/^aws:/i.test(key)) return 'begins with "aws:", which AWS keeps for itself: choose another key';
  if (!key.isWellFormed()) return 'has a lone surrogate, which is no character';
  return undefined;
};

/**
 * Makes a value acceptable to EC2: replaces lone surrogates, and cuts the value to 256 UTF-16 units (never
 * more characters than EC2 counts), but not within a surrogate pair.
 */
export const fitValue = (value: string): string => {
  const fitted = value.toWellFormed();
  if (fitted.length <= TAG_LIMITS.valueLength) return fitted;
  const cut = fitted.slice(0, TAG_LIMITS.valueLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
};
