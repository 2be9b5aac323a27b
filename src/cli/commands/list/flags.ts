import { ROW_STATUSES } from '../../../projections/row-status.ts';
import type { Arguments, Flags, Invocation } from '../../command.ts';
import { SELECTION_FLAGS } from '../../common-flags.ts';
import { rowFlags } from '../../row-options.ts';
import { LIST_COLUMNS } from './columns.ts';

/** The arguments of `tagledger list`. */
export const LIST_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger list`. */
export const LIST_FLAGS = {
  status: { brief: 'Only resources of this status.', choices: ROW_STATUSES },
  missing: {
    brief: 'Only resources that have not ended and lack this tag.',
    value: 'KEY',
    many: true,
  },
  ...SELECTION_FLAGS,
  ...rowFlags(LIST_COLUMNS.map(({ name }) => name)),
} as const satisfies Flags;

/** The output formats of `tagledger list`. */
export const LIST_FORMATS = ['text', 'json', 'ndjson', 'csv'] as const;

/** What `tagledger list` is run with. */
export type ListInvocation = Invocation<typeof LIST_FLAGS, typeof LIST_ARGS, (typeof LIST_FORMATS)[number]>;
