import type { Arguments, Flags, Invocation } from '../../command.ts';
import { MOMENT_FLAGS } from '../../common-flags.ts';

/** The arguments of `tagledger state`. */
export const STATE_ARGS = {
  RESOURCE: { brief: 'The id, ARN, tag Name or beginning of the id of a resource.' },
} as const satisfies Arguments;

/** The options of `tagledger state`. */
export const STATE_FLAGS = {
  ...MOMENT_FLAGS,
} as const satisfies Flags;

/** What `tagledger state` is run with. */
export type StateInvocation = Invocation<typeof STATE_FLAGS, typeof STATE_ARGS>;
