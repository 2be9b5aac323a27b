import { didYouMean } from '../shared/did-you-mean.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { capitalized, sentence } from '../shared/text.ts';
import { WrongUsageError } from './errors.ts';

/** `Unknown command "lst". Did you mean "list"?` `all` says how to see all names, if they are too many to list. */
export const unknownText = (what: string, got: string, known: readonly string[], all?: string): string => {
  const advice = didYouMean(got, known, all === undefined ? {} : { all });
  const remedy = advice === '' ? '' : ` ${sentence(capitalized(advice))}`;
  return `Unknown ${what} ${JSON.stringify(got)}.${remedy}`;
};

/** The error for an unknown name, in the words of {@link unknownText}. */
export const unknownName = (...about: Parameters<typeof unknownText>): WrongUsageError =>
  new WrongUsageError(unknownText(...about));

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
export const asTyped = (values: Readonly<Record<string, unknown>>, options: readonly string[]): string =>
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
