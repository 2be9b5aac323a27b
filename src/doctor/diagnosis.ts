import { InvalidInputError, StorageError } from '../shared/errors.ts';

/**
 * The result of a check. `ok`: nothing is to be done; `failed`: something is; `not-checked`: the check could
 * not be made, which never counts as `ok`.
 */
export interface Diagnosis {
  /** What was checked, in a word or two. */
  readonly check: string;
  readonly verdict: 'ok' | 'failed' | 'not-checked';
  /** What was found, in a sentence. */
  readonly says: string;
  /** What to type or do about it. */
  readonly todo?: string;
}

/** Builders of a diagnosis, one for each verdict. */
export const fine = (check: string, says: string): Diagnosis => ({ check, verdict: 'ok', says });
export const wrong = (check: string, says: string, todo: string): Diagnosis => ({
  check,
  verdict: 'failed',
  says,
  todo,
});
export const unknown = (check: string, why: string, todo?: string): Diagnosis => ({
  check,
  verdict: 'not-checked',
  says: `could not check: ${why}`,
  ...(todo !== undefined && { todo }),
});

/** Runs a check that reads. An error makes this check `not-checked` and affects no other. */
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

/** The text of an error. Errors of AWS name the action that was denied; our own need no name. */
export const why = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isSentence =
    error.name === 'Error' || error instanceof InvalidInputError || error instanceof StorageError;
  return isSentence ? error.message : `${error.name}: ${error.message}`;
};

/**
 * Combines conditions into diagnoses: one `failed` for each condition that does not hold, or a single `ok`.
 */
export const allOf = (
  check: string,
  says: string,
  conditions: readonly (readonly [holds: boolean, says: string, todo: string])[],
): readonly Diagnosis[] => {
  const broken = conditions.flatMap(([holds, ...told]) => (holds ? [] : [wrong(check, ...told)]));
  return broken.length > 0 ? broken : [fine(check, says)];
};
