import { ROW_STATUSES } from '../../../projections/state-row.ts';
import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger list`. */
export const LIST_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger list`. */
export const LIST_FLAGS = {
  status: { brief: 'Only resources of this status.', choices: ROW_STATUSES },
} as const satisfies Flags;

/** What `tagledger list` is run with. */
export type ListInvocation = Invocation<typeof LIST_FLAGS, typeof LIST_ARGS>;
