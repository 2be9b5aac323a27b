import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger demo`. */
export const DEMO_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger demo`. */
export const DEMO_FLAGS = {} as const satisfies Flags;

/** What `tagledger demo` is run with. */
export type DemoInvocation = Invocation<typeof DEMO_FLAGS, typeof DEMO_ARGS>;
