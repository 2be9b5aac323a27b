import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger ingest`. */
export const INGEST_ARGS = {
  FILE: { brief: 'A file or folder to read, or - for standard input.', many: true },
} as const satisfies Arguments;

/** The options of `tagledger ingest`. */
export const INGEST_FLAGS = {
  simulate: { brief: 'Make a new ledger whose tag rules are applied to a simulated EC2.' },
  'request-tags': { brief: 'Let a ledger in AWS tag the resources that the files name.' },
  rejects: {
    brief: 'Where entries that cannot be read are kept.',
    value: 'FILE',
    default: 'tagledger.rejects.ndjson',
  },
} as const satisfies Flags;

/** What `tagledger ingest` is run with. */
export type IngestInvocation = Invocation<typeof INGEST_FLAGS, typeof INGEST_ARGS>;
