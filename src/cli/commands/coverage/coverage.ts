import { coverage as coverageOfEc2 } from '../../../cloudtrail/operations/coverage.ts';
import type { Exit } from '../../exit-codes.ts';
import { writeList, writeObject } from '../../write-output.ts';
import type { CoverageInvocation } from './flags.ts';
import { coverageText } from './text.ts';

/**
 * `tagledger coverage`: which EC2 calls create and delete which resource types, and what is not covered. It
 * needs no ledger.
 */
export const run = async ({ format, console }: CoverageInvocation): Promise<Exit> => {
  const all = coverageOfEc2();
  if (format === 'text') console.stdout(coverageText(all, console.style));
  else if (format === 'json') writeObject(console, format, all);
  else writeList(console, format, all.types);
  return 'done';
};
