import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger seal`. */
export const SEAL_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger seal`. */
export const SEAL_FLAGS = {
  'new-log': { brief: 'Begin a new log with a new key.' },
} as const satisfies Flags;

/** What `tagledger seal` is run with. */
export type SealInvocation = Invocation<typeof SEAL_FLAGS, typeof SEAL_ARGS>;
