import type { Arguments, Flags, Invocation } from '../../command.ts';
import { TIME } from '../../common-flags.ts';

/** The arguments of `tagledger export`. */
export const EXPORT_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger export`. */
export const EXPORT_FLAGS = {
  out: { brief: 'The file to write, with a name that ends in .ndjson.gz.', value: 'FILE' },
  from: { brief: 'Only events recorded from this time on.', ...TIME, formerly: ['since'] },
  to: { brief: 'Only events recorded until this time.', value: 'TIME' },
  log: {
    brief:
      'The sealed log whose newest checkpoint the file names: a folder, or s3://BUCKET/PREFIX. Default: that of the ledger, or the bucket LOG_BUCKET.',
    value: 'WHERE',
  },
  /** Until version 0.2 `--to` was the file, and this the end. */
  until: { brief: 'The old spelling of --to.', ...TIME, hidden: true },
} as const satisfies Flags;

/** What `tagledger export` is run with. */
export type ExportInvocation = Invocation<typeof EXPORT_FLAGS, typeof EXPORT_ARGS>;
