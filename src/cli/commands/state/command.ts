import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { STATE_ARGS, STATE_FLAGS } from './flags.ts';

/** `tagledger state`. */
export const state = defineCommand({
  name: 'state',
  group: 'Ask',
  brief: 'Show the state of a resource, now or at a past time.',

  args: STATE_ARGS,
  flags: STATE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'state i-031f7fc5ee54c269b', brief: 'What is true now.' },
    { line: 'state i-031f7fc5ee54c269b --as-of 2026-03-30T15:00Z', brief: 'What was true then.' },
    {
      line: 'state i-031f7fc5ee54c269b --as-of 2026-03-30T15:00Z --known-at 2026-03-31',
      brief: 'What was true then, as the ledger knew it a day later.',
    },
  ],
  load: () => import('./state.ts'),
});
