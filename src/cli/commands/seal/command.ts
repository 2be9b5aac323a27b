import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { SEAL_ARGS, SEAL_FLAGS } from './flags.ts';

/** `tagledger seal`. */
export const seal = defineCommand({
  name: 'seal',
  group: 'Prove',
  brief: 'Seal the events of a ledger in a folder: append them to its log and sign it.',
  details: ['Ledgers in AWS are sealed by the function `seal`.'],
  args: SEAL_ARGS,
  flags: SEAL_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding'],
  examples: [{ line: 'seal', brief: 'Seal what is new.' }],
  load: () => import('./seal.ts'),
});
