import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger why`. */
export const WHY_ARGS = {
  RESOURCE: { brief: 'The id, ARN, tag Name or beginning of the id of a resource.' },
} as const satisfies Arguments;

/** The options of `tagledger why`. */
export const WHY_FLAGS = {
  trail: {
    brief: 'A CloudTrail file or folder in which to look for its records, or - for standard input.',
    value: 'FILE',
    many: true,
  },
} as const satisfies Flags;

/** What `tagledger why` is run with. */
export type WhyInvocation = Invocation<typeof WHY_FLAGS, typeof WHY_ARGS>;
