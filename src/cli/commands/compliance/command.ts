import { defineCommand } from '../../command.ts';

import { COMPLIANCE_ARGS, COMPLIANCE_FLAGS, COMPLIANCE_FORMATS } from './flags.ts';

/** `tagledger compliance`. */
export const compliance = defineCommand({
  name: 'compliance',
  group: 'Ask',
  brief: 'Judge resources by a tag policy, now, at a past time or over time.',
  details: [
    'The policy is that of --policy, or the recorded one that was in force at the time of the question.',
    'With --from and --to, the counts are given over time, each judged by the policy in force then.',
  ],
  args: COMPLIANCE_ARGS,
  flags: COMPLIANCE_FLAGS,
  formats: COMPLIANCE_FORMATS,
  exits: ['done', 'failed', 'usage', 'finding', 'unknown'],
  examples: [
    { line: 'compliance --policy examples/required-tags.json', brief: 'Judge all resources by a file.' },
    {
      line: 'compliance --as-of 2026-03-31 --fail-on violating',
      brief: 'Gate on the policy in force at the end of a day.',
    },
    { line: 'compliance --from 2026-03-01 --to 2026-03-31 --step 1d', brief: 'Compliance over a month.' },
  ],
  load: () => import('./compliance.ts'),
});
