import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { HISTORY_ARGS, HISTORY_FLAGS } from './flags.ts';

/** `tagledger history`. */
export const history = defineCommand({
  name: 'history',
  group: 'Ask',
  brief: 'Show every recorded event of a resource.',

  args: HISTORY_ARGS,
  flags: HISTORY_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'history i-031f7fc5ee54c269b', brief: 'Who did what, and when.' },
    {
      line: 'history i-031f7fc5ee54c269b --sort -seq --limit 3',
      brief: 'The last three events, the newest first.',
    },
    {
      line: 'history i-031f7fc5ee54c269b -o ndjson',
      brief: 'With bodies and hashes, one event a line.',
    },
  ],
  load: () => import('./history.ts'),
});
