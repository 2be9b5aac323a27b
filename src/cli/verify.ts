import type { Command } from './command.ts';
import { verifyBundleFile } from './verify-bundle.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** `tagledger verify`: exit code 0 clean, 3 something does not hold, 1 it could not be checked. */
export const verify: Command = {
  usage: 'verify --bundle FILE --key FILE',
  summary:
    'check a bundle of `tagledger prove` with the public key of the log, without a ledger and without a network',
  options: { bundle: { type: 'string' }, key: { type: 'string' } },
  async run(invocation) {
    const { positionals, values } = invocation;
    if (positionals.length > 0 || values.bundle === undefined) {
      throw new WrongUsageError(
        `got ${positionals.join(' ') || 'no bundle'}, expected options: type \`tagledger ${verify.usage}\``,
      );
    }
    return verifyBundleFile(invocation);
  },
};
