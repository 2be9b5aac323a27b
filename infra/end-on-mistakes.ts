import { InvalidInputError } from '../src/shared/errors.ts';

/**
 * Returns what `read` makes of the configuration. Mistakes in it are said on stderr, one on each line and without a
 * stack trace, and end the process with 1.
 */
export const endOnMistakes = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
};
