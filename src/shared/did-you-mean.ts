import { closest, distance } from 'fastest-levenshtein';

/** Up to this many known values are listed where none of them is near. */
const FEW = 12;

/**
 * The known value that somebody probably meant: the closest one, if it is at most two edits away, or a third of the
 * length of what was typed. Beyond that a suggestion would be a guess.
 */
export const nearest = (got: string, known: readonly string[]): string | undefined => {
  if (known.length === 0) return undefined;
  const candidate = closest(got, [...known]);
  return distance(got, candidate) <= Math.max(2, Math.floor(got.length / 3)) ? candidate : undefined;
};

/**
 * What to write instead of a value that is not known, as the end of a sentence: the value that was probably meant, or
 * else the known values where they are few. Where they are many, `all` says how to see them.
 */
export const didYouMean = (
  got: string,
  known: readonly string[],
  { shown = JSON.stringify, all }: { readonly shown?: (value: string) => string; readonly all?: string } = {},
): string => {
  const meant = nearest(got, known);
  if (meant !== undefined) return `did you mean ${shown(meant)}?`;
  if (known.length <= FEW) return `the known ones are ${known.map((one) => shown(one)).join(', ')}`;
  return (
    all ??
    `${known.length} are known, such as ${known
      .slice(0, 3)
      .map((one) => shown(one))
      .join(', ')}`
  );
};
