import type { Arguments, Flags, Invocation } from '../../command.ts';
import { ROW_LIMIT, sortFlag } from '../../row-options.ts';
import { EVENT_ORDERS } from './orders.ts';

/** The arguments of `tagledger history`. */
export const HISTORY_ARGS = {
  RESOURCE: { brief: 'The id, ARN, tag Name or beginning of the id of a resource.' },
} as const satisfies Arguments;

/** The options of `tagledger history`. */
export const HISTORY_FLAGS = {
  limit: ROW_LIMIT,
  sort: sortFlag(EVENT_ORDERS.map(({ name }) => name)),
} as const satisfies Flags;

/** What `tagledger history` is run with. */
export type HistoryInvocation = Invocation<typeof HISTORY_FLAGS, typeof HISTORY_ARGS>;
