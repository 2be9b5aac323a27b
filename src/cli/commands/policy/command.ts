import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { POLICY_ARGS, POLICY_FLAGS } from './flags.ts';

/** `tagledger policy`. */
export const policy = defineCommand({
  name: 'policy',
  group: 'Policies',
  brief: 'Check tag policies, or record that they are in force.',
  details: [
    'Reads policies of tagledger, tag policies of AWS Organizations and REQUIRED_TAGS rules of AWS Config.',
  ],
  args: POLICY_ARGS,
  flags: POLICY_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'policy check examples/required-tags.json', brief: 'Explain a policy.' },
    {
      line: 'policy record examples/required-tags.json --by ada',
      brief: 'Record that it is in force from now on.',
    },
  ],
  load: () => import('./policy.ts'),
});
