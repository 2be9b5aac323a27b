import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger why`. */
export const WHY_ARGS = {
  RESOURCE: { brief: 'The id, ARN, tag Name or beginning of the id of a resource.' },
} as const satisfies Arguments;

/** The options of `tagledger why`. */
export const WHY_FLAGS = {
  trail: {
    brief:
      'Where to look for its records: a CloudTrail file, a folder, a pattern in quotes or s3://BUCKET/PREFIX, or - for standard input.',
    value: 'FILE',
    many: true,
  },
} as const satisfies Flags;

/** What `tagledger why` is run with. */
export type WhyInvocation = Invocation<typeof WHY_FLAGS, typeof WHY_ARGS>;
