import { closest, distance } from 'fastest-levenshtein';

/** If no known value is near, up to this many are listed. */
const FEW = 12;

/** Up to this length, two edits make another word. */
const SHORT = 3;

/**
 * The known value that was probably meant: the closest one within two edits (one, of a short word), or within a third
 * of the typed length if that is more. Beyond that a suggestion would be a guess.
 */
export const nearest = (got: string, known: readonly string[]): string | undefined => {
  if (known.length === 0) return undefined;
  const candidate = closest(got, [...known]);
  return distance(got, candidate) <= Math.max(got.length <= SHORT ? 1 : 2, Math.floor(got.length / 3))
    ? candidate
    : undefined;
};

/**
 * The end of a sentence about an unknown value: the value that was probably meant, or the
 * known values if they are few. If they are many, it is `all`, which says how to see them; by
 * default it names three examples.
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
