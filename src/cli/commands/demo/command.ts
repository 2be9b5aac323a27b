import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { DEMO_ARGS, DEMO_FLAGS } from './flags.ts';

/** `tagledger demo`. */
export const demo = defineCommand({
  name: 'demo',
  group: 'Start',
  brief: 'Replay a sample trail through the whole pipeline, on this machine.',
  details: [
    'Makes a simulated ledger, and needs no AWS account. An earlier demo in the same folder is replaced; another ledger is not touched.',
  ],
  args: DEMO_ARGS,
  flags: DEMO_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'demo', brief: 'Make the demo ledger in .tagledger, and show what happened.' },
    { line: 'demo --ledger /tmp/demo', brief: 'Make it elsewhere.' },
  ],
  load: () => import('./demo.ts'),
});
