import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { REBUILD_ARGS, REBUILD_FLAGS } from './flags.ts';

/** `tagledger rebuild`. */
export const rebuild = defineCommand({
  name: 'rebuild',
  group: 'Operate',
  brief: 'Build the state table again from the events, or check it.',

  args: REBUILD_ARGS,
  flags: REBUILD_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding'],
  examples: [
    { line: 'rebuild --check', brief: 'Does the state table match the events?' },
    { line: 'rebuild', brief: 'Write it again.' },
  ],
  load: () => import('./rebuild.ts'),
});
