import { didYouMean } from '../shared/did-you-mean.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { WrongUsageError } from './errors.ts';

/**
 * Wrong usage, because something is none of the known ones: `Unknown command "lst". Did you mean "list"?` Where there
 * are too many to be listed, `all` is the sentence that says how to see them.
 */
export const unknownName = (
  what: string,
  got: string,
  known: readonly string[],
  all?: string,
): WrongUsageError => {
  const advice = didYouMean(got, known, all === undefined ? {} : { all });
  const sentence = `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
  const end = sentence === '' || sentence.endsWith('?') ? '' : '.';
  return new WrongUsageError(`Unknown ${what} ${JSON.stringify(got)}. ${sentence}${end}`.trimEnd());
};

/** The value of an option that is one of a few. Throws a `WrongUsageError` with a suggestion for any other. */
export const oneOf = <T extends string>(option: string, value: string, known: readonly T[]): T => {
  const found = known.find((one) => one === value);
  if (found === undefined) throw unknownName(`value of --${option}:`, value, known);
  return found;
};

/** The value of an option that has a form. Throws a `WrongUsageError`, which says what the form is, for any other. */
export const ofForm = (
  option: string,
  value: string,
  isOfForm: (value: string) => boolean,
  form: string,
): string => {
  if (!isOfForm(value))
    throw new WrongUsageError(
      `The value ${JSON.stringify(value)} of --${option} is not ${form}. Correct it, or leave --${option} out.`,
    );
  return value;
};

/** Reads what was typed. What cannot be used there is wrong usage, and not a failure. */
export const readTyped = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new WrongUsageError(error.message, { cause: error });
  }
};
