import { existsSync, readFileSync } from 'node:fs';
import type { PolicyFile } from '../policies/read-policies.ts';
import { InvalidInputError } from '../shared/errors.ts';

/**
 * Reads the files of a policy, in the order in which they are merged. Comma-separated names are tag policies
 * that are attached to the same root, organizational unit or account. Throws an `InvalidInputError` for an
 * unreadable file.
 */
export const policyFiles = (args: readonly string[]): readonly PolicyFile[] =>
  args.flatMap((arg) =>
    namesIn(arg).map((name, i) => ({ name, text: textOf(name), ...(i > 0 && { beside: true }) })),
  );

const namesIn = (arg: string): readonly string[] => (existsSync(arg) ? [arg] : arg.split(','));

const textOf = (name: string): string => {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    if (!existsSync(name)) throw new InvalidInputError(`There is no policy file ${name}. Check the path.`);
    throw new InvalidInputError(
      `The policy ${name} cannot be read (${(error as Error).message}). Name a file that tagledger can read; docs/policies.md shows its forms.`,
      { cause: error },
    );
  }
};
