import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { TIMELINE_ARGS, TIMELINE_FLAGS } from './flags.ts';

/** `tagledger timeline`. */
export const timeline = defineCommand({
  name: 'timeline',
  group: 'Ask',
  brief: 'Draw which tags a resource had over time.',

  args: TIMELINE_ARGS,
  flags: TIMELINE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'timeline i-031f7fc5ee54c269b', brief: 'Draw it as wide as the terminal.' },
    { line: 'timeline i-031f7fc5ee54c269b --known-at 2026-03-31', brief: 'As it was known then.' },
  ],
  load: () => import('./timeline.ts'),
});
