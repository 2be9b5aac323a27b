import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger plan`. */
export const PLAN_ARGS = {
  FILE: {
    brief: 'A CloudTrail file, a folder, a pattern in quotes or s3://BUCKET/PREFIX, or - for standard input.',
    many: true,
  },
} as const satisfies Arguments;

/** The options of `tagledger plan`. */
export const PLAN_FLAGS = {
  rejects: {
    brief: 'Where entries that cannot be read are kept.',
    value: 'FILE',
    default: 'tagledger.rejects.ndjson',
  },
} as const satisfies Flags;

/** What `tagledger plan` is run with. */
export type PlanInvocation = Invocation<typeof PLAN_FLAGS, typeof PLAN_ARGS>;
