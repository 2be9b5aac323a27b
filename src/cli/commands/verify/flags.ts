import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger verify`. */
export const VERIFY_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger verify`. */
export const VERIFY_FLAGS = {
  key: { brief: 'The public key of the sealed log.', value: 'FILE' },
  log: {
    brief:
      'The sealed log: a folder, or s3://BUCKET/PREFIX. Default: that of the ledger, or the bucket LOG_BUCKET.',
    value: 'WHERE',
  },
  checkpoint: {
    brief: 'A checkpoint that you kept. The ledger must hold all that it seals.',
    value: 'FILE',
    many: true,
  },
  'at-size': { brief: 'Check only that nothing is missing which the log had at this size.', value: 'SIZE' },
  trail: {
    brief:
      'A CloudTrail file, a folder, a pattern in quotes or s3://BUCKET/PREFIX. Creations in it must be in the ledger; digest files in a folder must fit the log files.',
    value: 'FILE',
    many: true,
  },
  'trail-keys': {
    brief:
      "CloudTrail's public keys: an output of `aws cloudtrail list-public-keys`. The digest files must then prove that the trail is complete.",
    value: 'FILE',
    many: true,
  },
  bundle: { brief: 'Check a proof that `prove` wrote, without a ledger.', value: 'FILE' },
  part: { brief: 'The export begins after the start of the ledger (only for files without a header).' },
  record: { brief: 'Record the findings in the ledger, so that `history` shows them.' },
} as const satisfies Flags;

/** What `tagledger verify` is run with. */
export type VerifyInvocation = Invocation<typeof VERIFY_FLAGS, typeof VERIFY_ARGS>;
