import { coverage as coverageOfEc2 } from '../../../cloudtrail/operations/coverage.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { writeList, writeObject } from '../../terminal.ts';
import { coverageText } from './text.ts';

/**
 * `tagledger coverage`: which EC2 calls create and delete which resource types, and what is not covered. It
 * needs no ledger.
 */
export const coverage: Command = {
  usage: 'coverage',
  summary: 'which EC2 calls create and end which types of resources, and what is not seen, and why',
  options: {},
  exits: ['done', 'usage'],
  async run({ positionals, format, console }) {
    if (positionals.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ')}, expected nothing: for what a trail holds, type \`tagledger plan FILE...\``,
      );
    }
    const all = coverageOfEc2();
    if (format === 'text') console.stdout(coverageText(all));
    else if (format === 'json') writeObject(console, format, all);
    else writeList(console, format, all.types);
    return 'done';
  },
};
