import { didYouMean } from '../shared/did-you-mean.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { Invocation } from './command.ts';
import { WrongUsageError } from './errors.ts';

/**
 * The error for an unknown name: `Unknown command "lst". Did you mean "list"?` If there are too many known
 * names to list, `all` is the sentence that says how to see them.
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

/**
 * Checks an option that accepts a fixed set of values. Throws a `WrongUsageError` with a suggestion for any
 * other value.
 */
export const oneOf = <T extends string>(option: string, value: string, known: readonly T[]): T => {
  const found = known.find((one) => one === value);
  if (found === undefined) throw unknownName(`value of --${option}:`, value, known);
  return found;
};

/**
 * Checks the syntax of an option's value. Throws a `WrongUsageError` that describes the syntax if the value
 * does not match.
 */
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

/** Some options as they were typed, for a message that nothing matched them; empty if none was given. */
export const asTyped = (values: Invocation['values'], options: readonly string[]): string =>
  options.flatMap((option) => [values[option] ?? []].flat().map((value) => `--${option} ${value}`)).join(' ');

/** Parses user input. Rethrows an `InvalidInputError` as a `WrongUsageError`. */
export const readTyped = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new WrongUsageError(error.message, { cause: error });
  }
};
