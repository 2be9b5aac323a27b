import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { LIST_ARGS, LIST_FLAGS } from './flags.ts';

/** `tagledger list`. */
export const list = defineCommand({
  name: 'list',
  group: 'Ask',
  brief: 'List resources with their status and tags.',

  args: LIST_ARGS,
  flags: LIST_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'list', brief: 'List all resources.' },
    { line: 'list --status failed', brief: 'Those whose tags could not be set.' },
  ],
  load: () => import('./list.ts'),
});
