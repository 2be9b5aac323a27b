import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { REDRIVE_ARGS, REDRIVE_FLAGS } from './flags.ts';

/** `tagledger redrive`. */
export const redrive = defineCommand({
  name: 'redrive',
  group: 'Operate',
  brief: 'Process dead letters again: messages that a function could not process.',
  details: ['Without files and --queue, the dead letters of a ledger in a folder are processed.'],
  args: REDRIVE_ARGS,
  flags: REDRIVE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'redrive tagledger.dropped.ndjson', brief: 'Process the dead letters of a file.' },
    { line: 'redrive --queue URL --limit 100', brief: 'Process messages of a queue.' },
  ],
  load: () => import('./redrive.ts'),
});
