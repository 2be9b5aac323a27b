import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { BASELINE_ARGS, BASELINE_FLAGS } from './flags.ts';

/** `tagledger baseline`. */
export const baseline = defineCommand({
  name: 'baseline',
  group: 'Start',
  brief: 'Record what existed before the ledger.',
  details: [
    'Reads what `aws ec2 describe-tags`, `describe-instances`, `describe-volumes` and the like printed, or asks the account itself. Each resource that they show is known from that moment on, with all of its tags: compliance judges it, although nobody saw its creation. What it was before stays unknown.',
    'Only a list of its type shows a resource that has no tag. Take the lists without --filters and --query, and `describe-tags` for the types that you do not list.',
    'Resources that the ledger takes for existing, but that a list of their type does not show, are named: exit code 3. The ledger does not end them, because nobody knows when they ended.',
    'Asking needs ec2:Describe* (docs/platform names each action) and sts:GetCallerIdentity, which everybody has.',
  ],
  args: BASELINE_ARGS,
  flags: BASELINE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding', 'unknown'],
  examples: [
    {
      line: 'baseline volumes.json tags.json --taken-at 2026-03-31T09:00Z --account 111122223333 --region eu-west-1',
      brief: 'Record files that the AWS CLI wrote, in the ledger .tagledger.',
    },
    {
      line: 'baseline --ask-account --region eu-west-1 --region us-east-1',
      brief: 'Ask the account of the credentials about two Regions.',
    },
    {
      line: 'baseline --ask-account --profile prod --ledger dynamodb:ledger,state',
      brief: 'Record it in a ledger in AWS, which must write events of format 2.',
    },
  ],
  load: () => import('./baseline.ts'),
});
