import { defineCommand } from '../../command.ts';
import { LIST_ARGS, LIST_FLAGS, LIST_FORMATS } from './flags.ts';

/** `tagledger list`. */
export const list = defineCommand({
  name: 'list',
  group: 'Ask',
  brief: 'List resources with their status and tags.',

  args: LIST_ARGS,
  flags: LIST_FLAGS,
  formats: LIST_FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'list', brief: 'List all resources.' },
    { line: 'list --missing Owner', brief: 'Which resources have no tag Owner?' },
    { line: 'list --status failed --account 111122223333', brief: 'Those whose tags could not be set.' },
    { line: 'list --sort -created --limit 20 --columns created,creator,id', brief: 'The newest 20.' },
  ],
  load: () => import('./list.ts'),
});
