import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger rebuild`. */
export const REBUILD_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger rebuild`. */
export const REBUILD_FLAGS = {
  check: { brief: 'Only compare the state table with the events.' },
  into: { brief: 'Fill another state table, which must exist.', value: 'TABLE' },
  prune: { brief: 'Remove rows without events.' },
  restart: { brief: 'Do not continue an interrupted rebuild.' },
} as const satisfies Flags;

/** What `tagledger rebuild` is run with. */
export type RebuildInvocation = Invocation<typeof REBUILD_FLAGS, typeof REBUILD_ARGS>;
