import { defineCommand } from '../../command.ts';
import { CHANGES_ARGS, CHANGES_FLAGS, CHANGES_FORMATS } from './flags.ts';

/** `tagledger changes`. */
export const changes = defineCommand({
  name: 'changes',
  group: 'Ask',
  brief: 'List who changed which tags, in order.',
  details: ['Dates mean whole days in UTC.'],
  args: CHANGES_ARGS,
  flags: CHANGES_FLAGS,
  formats: CHANGES_FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'changes --from 2026-03-31 --to 2026-03-31', brief: 'All changes of a day.' },
    { line: 'changes --by ada --key Owner', brief: 'What one person did to one key.' },
    { line: 'changes --sort -happened --limit 20', brief: 'The newest 20 changes.' },
  ],
  load: () => import('./changes.ts'),
});
