import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { CONSUME_ARGS, CONSUME_FLAGS } from './flags.ts';

/** `tagledger consume`. */
export const consume = defineCommand({
  name: 'consume',
  group: 'Operate',
  brief: 'Run the stream consumers here, where no Lambda does.',
  details: [
    'For --ledger dynamodb:TABLE at any endpoint it follows the stream until Ctrl-C. For a ledger in a folder it finishes what is pending.',
  ],
  args: CONSUME_ARGS,
  flags: CONSUME_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'consume', brief: 'Finish what a ledger in a folder has pending.' },
    {
      line: 'consume --once --ledger dynamodb:tagledger-ledger',
      brief: 'Process the stream of a table until it is empty.',
    },
  ],
  load: () => import('./consume.ts'),
});
