import type { Arguments, Flags, Invocation } from '../../command.ts';
import { KNOWN_AT_FLAG, TIME } from '../../common-flags.ts';

/** The arguments of `tagledger changes`. */
export const CHANGES_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger changes`. */
export const CHANGES_FLAGS = {
  ...KNOWN_AT_FLAG,
  from: { brief: 'Only changes from this time on.', ...TIME },
  to: { brief: 'Only changes until this time.', ...TIME },
  by: { brief: 'Only changes by this person or role (name or ARN), or by `tagledger`.', value: 'NAME' },
  resource: { brief: 'Only changes of this resource (id or ARN).', value: 'RESOURCE' },
  key: { brief: 'Only changes of this tag key.', value: 'KEY' },
} as const satisfies Flags;

/** What `tagledger changes` is run with. */
export type ChangesInvocation = Invocation<typeof CHANGES_FLAGS, typeof CHANGES_ARGS>;
