import type { Arguments, Flags, Invocation } from '../../command.ts';
import { KNOWN_AT_FLAG } from '../../common-flags.ts';

/** The arguments of `tagledger timeline`. */
export const TIMELINE_ARGS = {
  RESOURCE: { brief: 'The id, ARN, tag Name or beginning of the id of a resource.' },
} as const satisfies Arguments;

/** The options of `tagledger timeline`. */
export const TIMELINE_FLAGS = {
  ...KNOWN_AT_FLAG,
  width: {
    brief: 'The width of the drawing in columns. Default: the width of the terminal.',
    value: 'COLUMNS',
  },
} as const satisfies Flags;

/** What `tagledger timeline` is run with. */
export type TimelineInvocation = Invocation<typeof TIMELINE_FLAGS, typeof TIMELINE_ARGS>;
