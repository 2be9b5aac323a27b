import { InvalidInputError } from '../shared/errors.ts';
import type { RuleSource } from './policy.ts';

/** Something to say about a place in a policy's file. */
export interface Remark extends RuleSource {
  readonly says: string;
}

/** A remark as one line: the file, the place in it, and what is to be said. */
export const remarkText = ({ file, place, says }: Remark): string =>
  `${file}${place === '' ? '' : `, ${place}`}: ${says}`;

/** Policies that cannot be honoured, with everything that is wrong with them, in the order of the files. */
export class InvalidPolicyError extends InvalidInputError {
  readonly problems: readonly Remark[];

  constructor(problems: readonly Remark[]) {
    super(`the policy cannot be used: ${problems.map(remarkText).join('; ')}`);
    this.problems = problems;
  }
}
