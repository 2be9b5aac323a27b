import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger coverage`. */
export const COVERAGE_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger coverage`. */
export const COVERAGE_FLAGS = {} as const satisfies Flags;

/** What `tagledger coverage` is run with. */
export type CoverageInvocation = Invocation<typeof COVERAGE_FLAGS, typeof COVERAGE_ARGS>;
