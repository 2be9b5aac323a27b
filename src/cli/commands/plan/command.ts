import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { PLAN_ARGS, PLAN_FLAGS } from './flags.ts';

/** `tagledger plan`. */
export const plan = defineCommand({
  name: 'plan',
  group: 'Start',
  brief: 'Show which tags the rules would request, and why not others.',
  details: ['Records nothing. The tag rules are those of TAG_RULES; without it, the built-in example.'],
  args: PLAN_ARGS,
  flags: PLAN_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'plan trail/*.json.gz', brief: 'Try the rules on a trail.' },
    { line: 'plan - -o json < record.json', brief: 'Try them on one record.' },
  ],
  load: () => import('./plan.ts'),
});
