import { InvalidInputError } from '../shared/errors.ts';
import { sentence } from '../shared/text.ts';
import type { RuleSource } from './policy.ts';

/** A remark about a place in a policy file. */
export interface Remark extends RuleSource {
  readonly says: string;
}

/** Formats a remark as one line: the file, the place in it and the message. */
export const remarkText = ({ file, place, says }: Remark): string =>
  `${file}${place === '' ? '' : `, ${place}`}: ${says}`;

/** Thrown for policies that cannot be honoured. Lists their problems in the order of the files. */
export class InvalidPolicyError extends InvalidInputError {
  readonly problems: readonly Remark[];

  constructor(problems: readonly Remark[]) {
    super(sentence(`The policy cannot be used: ${problems.map(remarkText).join('; ')}`));
    this.problems = problems;
  }
}
