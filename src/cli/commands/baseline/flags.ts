import type { Arguments, Flags, Invocation } from '../../command.ts';
import { TIME } from '../../common-flags.ts';

/** The arguments of `tagledger baseline`. */
export const BASELINE_ARGS = {
  FILE: {
    brief: 'What `aws ec2 describe-*` printed as JSON, plain or gzipped, or - for standard input.',
    many: true,
    optional: true,
  },
} as const satisfies Arguments;

/** The options of `tagledger baseline`. */
export const BASELINE_FLAGS = {
  'ask-account': { brief: 'Ask the account of the credentials what exists, instead of reading files.' },
  'taken-at': {
    brief: 'When the AWS CLI was asked for what the files hold. The files do not say it.',
    ...TIME,
  },
  account: {
    brief: 'The account that the files are from, or that must be the one that is asked.',
    value: 'ID',
  },
  region: {
    brief: 'The Region that the files are from, or one that is asked. Default for asking: --aws-region.',
    value: 'NAME',
    many: true,
  },
} as const satisfies Flags;

/** What `tagledger baseline` is run with. */
export type BaselineInvocation = Invocation<typeof BASELINE_FLAGS, typeof BASELINE_ARGS>;
