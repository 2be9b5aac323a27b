import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger completion`. */
export const COMPLETION_ARGS = {
  SHELL: { brief: 'The shell.', choices: ['bash', 'zsh', 'fish'] },
} as const satisfies Arguments;

/** The options of `tagledger completion`. */
export const COMPLETION_FLAGS = {} as const satisfies Flags;

/** What `tagledger completion` is run with. */
export type CompletionInvocation = Invocation<typeof COMPLETION_FLAGS, typeof COMPLETION_ARGS, undefined>;
