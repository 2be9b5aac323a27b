import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../../shared/errors.ts';
import { NotProvenError } from '../../verifier/not-proven-error.ts';
import { parseVerifierKeys, type VerifierKey } from '../../verifier/verifier-key.ts';

/** Reads the public keys in a file. Throws an `InvalidInputError` if it contains none. */
export const keysIn = (file: string): VerifierKey[] => {
  try {
    return parseVerifierKeys(proofText(file));
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    throw new InvalidInputError(`${file}: ${error.message}`, { cause: error });
  }
};

/**
 * Reads the text of a bundle or key. Throws an `InvalidInputError` for a file that cannot be read as UTF-8.
 */
export const proofText = (file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new InvalidInputError(
      `${file} cannot be read (${(error as Error).message}). Name a text file that tagledger can read.`,
      { cause: error },
    );
  }
};
