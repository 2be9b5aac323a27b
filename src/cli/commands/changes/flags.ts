import type { Arguments, Flags, Invocation } from '../../command.ts';
import { KNOWN_AT_FLAG, PLACE_FLAGS, TIME } from '../../common-flags.ts';
import { rowFlags } from '../../row-options.ts';
import { CHANGE_COLUMNS, SORT_COLUMNS } from './columns.ts';

/** The arguments of `tagledger changes`. */
export const CHANGES_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger changes`. */
export const CHANGES_FLAGS = {
  ...KNOWN_AT_FLAG,
  from: { brief: 'Only changes from this time on.', ...TIME },
  to: { brief: 'Only changes until this time.', ...TIME },
  by: { brief: 'Only changes by this person or role (name or ARN), or by `tagledger`.', value: 'NAME' },
  resource: {
    brief: 'Only changes of this resource (id, ARN, tag Name or beginning of the id).',
    value: 'RESOURCE',
  },
  key: { brief: 'Only changes of this tag key.', value: 'KEY' },
  ...PLACE_FLAGS,
  ...rowFlags(
    CHANGE_COLUMNS.map(({ name }) => name),
    SORT_COLUMNS.map(({ name }) => name),
  ),
} as const satisfies Flags;

/** The output formats of `tagledger changes`. */
export const CHANGES_FORMATS = ['text', 'json', 'ndjson', 'csv'] as const;

/** What `tagledger changes` is run with. */
export type ChangesInvocation = Invocation<
  typeof CHANGES_FLAGS,
  typeof CHANGES_ARGS,
  (typeof CHANGES_FORMATS)[number]
>;
