import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger archive`. */
export const ARCHIVE_ARGS = {
  ACTION: { brief: '`check` or `rebuild`.', choices: ['check', 'rebuild'] },
} as const satisfies Arguments;

/** The options of `tagledger archive`. */
export const ARCHIVE_FLAGS = {} as const satisfies Flags;

/** What `tagledger archive` is run with. */
export type ArchiveInvocation = Invocation<typeof ARCHIVE_FLAGS, typeof ARCHIVE_ARGS>;
