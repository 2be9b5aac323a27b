import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { BASELINE_ARGS, BASELINE_FLAGS } from './flags.ts';

/** `tagledger baseline`. */
export const baseline = defineCommand({
  name: 'baseline',
  group: 'Start',
  brief: 'Record what existed before the ledger.',
  details: [
    'Reads what `aws ec2 describe-tags`, `describe-volumes` and the like printed, or asks the account. A resource that is shown is known from that moment on, with all of its tags; what it was before stays unknown. Only a list of its type shows one that has no tag. Take the lists without --filters and --query.',
    'What the ledger takes for existing, and a list of its type does not show, is named: exit code 3. The ledger does not end it, because nobody knows when it ended.',
    'docs/reference/iam.md names the rights that asking needs.',
  ],
  args: BASELINE_ARGS,
  flags: BASELINE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding', 'unknown'],
  examples: [
    {
      line: 'baseline volumes.json tags.json --taken-at 2026-03-31T09:00Z --account 111122223333 --region eu-west-1',
      brief: 'Record files that the AWS CLI wrote.',
    },
    {
      line: 'baseline --ask-account --region eu-west-1 --region us-east-1',
      brief: 'Ask about two Regions.',
    },
    {
      line: 'baseline --ask-account --profile prod --ledger dynamodb:ledger,state',
      brief: 'Record it in a ledger in AWS, which must write format 2.',
    },
  ],
  load: () => import('./baseline.ts'),
});
