import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../events/invalid-input-error.ts';
import type { Policy } from '../policies/policy.ts';
import { readPolicies } from '../policies/read-policies.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/**
 * The policy in these files, merged. Throws a `WrongUsageError` where none is named, an `InvalidInputError` for one
 * that cannot be read, and what {@link readPolicies} throws.
 */
export const readPolicyFiles = (paths: readonly string[]): Policy => {
  if (paths.length === 0) {
    throw new WrongUsageError(
      'got no policy, expected --policy FILE, such as --policy examples/required-tags.json',
    );
  }
  return readPolicies(paths.map((name) => ({ name, text: textOf(name) })));
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidInputError(
      `got the policy ${path}, which cannot be read (${(error as Error).message})`,
      {
        cause: error,
      },
    );
  }
};
