/**
 * What a check came to. `fine`: as it should be; `wrong`: not so; `unknown`: it could not be found out, which never
 * passes for fine.
 */
export interface Diagnosis {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly verdict: 'fine' | 'wrong' | 'unknown';
  /** What was found, in a sentence. */
  readonly says: string;
  /** What to type, or to do, about it. */
  readonly todo?: string;
}

/** A diagnosis of each verdict. */
export const fine = (check: string, says: string): Diagnosis => ({ check, verdict: 'fine', says });
export const wrong = (check: string, says: string, todo: string): Diagnosis => ({
  check,
  verdict: 'wrong',
  says,
  todo,
});
export const unknown = (check: string, why: string, todo?: string): Diagnosis => ({
  check,
  verdict: 'unknown',
  says: `could not check: ${why}`,
  ...(todo !== undefined && { todo }),
});

/** Makes a check that reads. What keeps it from reading makes it unknown, and no other check. */
export const examined = async (
  check: string,
  examine: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> => {
  try {
    return await examine();
  } catch (error) {
    return [unknown(check, why(error))];
  }
};

/** The words of an error; those of AWS name the action that was refused. */
export const why = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'Error'
      ? error.message
      : `${error.name}: ${error.message}`
    : String(error);

/** The findings of several conditions, each with what is wrong where it does not hold; or that all is fine. */
export const allOf = (
  check: string,
  says: string,
  conditions: readonly (readonly [holds: boolean, says: string, todo: string])[],
): readonly Diagnosis[] => {
  const broken = conditions.flatMap(([holds, ...told]) => (holds ? [] : [wrong(check, ...told)]));
  return broken.length > 0 ? broken : [fine(check, says)];
};
