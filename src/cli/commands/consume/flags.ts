import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger consume`. */
export const CONSUME_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger consume`. */
export const CONSUME_FLAGS = {
  once: { brief: 'Stop when the stream is empty.' },
  'create-tables': { brief: 'Create the two tables first.' },
  dropped: { brief: 'Where dead letters are kept. Default: tagledger.dropped.ndjson.', value: 'FILE' },
} as const satisfies Flags;

/** What `tagledger consume` is run with. */
export type ConsumeInvocation = Invocation<typeof CONSUME_FLAGS, typeof CONSUME_ARGS>;
