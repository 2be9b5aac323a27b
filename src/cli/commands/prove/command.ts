import { defineCommand } from '../../command.ts';

import { PROVE_ARGS, PROVE_FLAGS } from './flags.ts';

/** `tagledger prove`. */
export const prove = defineCommand({
  name: 'prove',
  group: 'Prove',
  brief: 'Write a proof that events are sealed, or that the log only grew.',
  details: ['The proof is checked with `tagledger verify --bundle FILE --key FILE`, without the ledger.'],
  args: PROVE_ARGS,
  flags: PROVE_FLAGS,
  formats: [],
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    { line: 'prove i-031f7fc5ee54c269b > proof.json', brief: 'Prove the events of a resource.' },
    { line: 'prove --from-size 531 > growth.json', brief: 'Prove that the log only grew since.' },
  ],
  load: () => import('./prove.ts'),
});
