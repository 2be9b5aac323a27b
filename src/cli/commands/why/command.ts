import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { WHY_ARGS, WHY_FLAGS } from './flags.ts';

/** `tagledger why`. */
export const why = defineCommand({
  name: 'why',
  group: 'Ask',
  brief: 'Explain why a resource has or lacks its tags.',
  details: [
    'With --trail, the files are searched for records of the resource that the ledger does not have.',
  ],
  args: WHY_ARGS,
  flags: WHY_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'why vol-0a1b2c3d4e5f60718', brief: 'The verdict first, then its evidence.' },
    { line: 'why i-0abc --trail trail.json.gz', brief: 'Look in a file, too.' },
  ],
  load: () => import('./why.ts'),
});
