import type { Arguments, Flags, Invocation } from '../../command.ts';
import { TIME } from '../../common-flags.ts';

/** The arguments of `tagledger policy`. */
export const POLICY_ARGS = {
  ACTION: { brief: '`check` or `record`.', choices: ['check', 'record'] },
  FILE: { brief: 'A policy file.', many: true },
} as const satisfies Arguments;

/** The options of `tagledger policy`. */
export const POLICY_FLAGS = {
  by: { brief: 'Who records it. Default: the user of the operating system.', value: 'NAME' },
  from: { brief: 'Since when it is in force. Default: now.', ...TIME },
} as const satisfies Flags;

/** What `tagledger policy` is run with. */
export type PolicyInvocation = Invocation<typeof POLICY_FLAGS, typeof POLICY_ARGS>;
