import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger prove`. */
export const PROVE_ARGS = {
  RESOURCE: {
    brief: 'The id, ARN, tag Name or beginning of the id of a resource. Left out with --from-size.',
    optional: true,
  },
} as const satisfies Arguments;

/** The options of `tagledger prove`. */
export const PROVE_FLAGS = {
  seq: { brief: 'Only the event with this number. Default: all events.', value: 'N' },
  'from-size': {
    brief: 'Prove that the log only grew since it had this many leaves.',
    value: 'SIZE',
    formerly: ['from'],
  },
  'at-size': {
    brief: 'Prove it up to this later size. Default: the newest.',
    value: 'SIZE',
    formerly: ['to'],
  },
  log: {
    brief:
      'The sealed log: a folder, or s3://BUCKET/PREFIX. Default: that of the ledger, or the bucket LOG_BUCKET.',
    value: 'WHERE',
  },
} as const satisfies Flags;

/** What `tagledger prove` is run with. */
export type ProveInvocation = Invocation<typeof PROVE_FLAGS, typeof PROVE_ARGS, undefined>;
