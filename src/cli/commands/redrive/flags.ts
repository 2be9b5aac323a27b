import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger redrive`. */
export const REDRIVE_ARGS = {
  FILE: { brief: 'A file with dead letters.', many: true, optional: true },
} as const satisfies Arguments;

/** The options of `tagledger redrive`. */
export const REDRIVE_FLAGS = {
  queue: { brief: 'The URL of an SQS queue to read from.', value: 'URL' },
  limit: { brief: 'Read at most N messages from the queue.', value: 'N', formerly: ['max'] },
} as const satisfies Flags;

/** What `tagledger redrive` is run with. */
export type RedriveInvocation = Invocation<typeof REDRIVE_FLAGS, typeof REDRIVE_ARGS>;
