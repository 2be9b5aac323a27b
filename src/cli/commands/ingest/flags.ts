import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger ingest`. */
export const INGEST_ARGS = {
  FILE: {
    brief: 'A file, a folder, a pattern in quotes or s3://BUCKET/PREFIX to read, or - for standard input.',
    many: true,
  },
} as const satisfies Arguments;

/** The options of `tagledger ingest`. */
export const INGEST_FLAGS = {
  simulate: { brief: 'Make a new ledger whose tag rules are applied to a simulated EC2.' },
  'request-tags': { brief: 'Let a ledger in AWS tag the resources that the files name.' },
  reread: { brief: 'Read also the files that the ledger has read before.' },
  'by-file': { brief: 'Write a line for each file, not for each result.' },
  rejects: {
    brief: 'Where entries that cannot be read are kept.',
    value: 'FILE',
    default: 'tagledger.rejects.ndjson',
  },
} as const satisfies Flags;

/** What `tagledger ingest` is run with. */
export type IngestInvocation = Invocation<typeof INGEST_FLAGS, typeof INGEST_ARGS>;
