import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger import`. */
export const IMPORT_ARGS = {
  FILE: { brief: 'The exported file.' },
} as const satisfies Arguments;

/** The options of `tagledger import`. */
export const IMPORT_FLAGS = {
  previous: {
    brief: 'The folder of the exported ledger, whose log, keys and settings are continued.',
    value: 'FOLDER',
    formerly: ['from'],
  },
} as const satisfies Flags;

/** What `tagledger import` is run with. */
export type ImportInvocation = Invocation<typeof IMPORT_FLAGS, typeof IMPORT_ARGS>;
