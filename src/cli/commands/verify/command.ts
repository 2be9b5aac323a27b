import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { VERIFY_ARGS, VERIFY_FLAGS } from './flags.ts';

/** `tagledger verify`. */
export const verify = defineCommand({
  name: 'verify',
  group: 'Prove',
  brief: 'Check whether recorded events were changed, removed or left out.',
  details: [
    'Without --key, only the ledger itself is checked, which does not show a history that was rewritten and hashed again. A ledger in a folder is then compared with its log by its own key.',
    'With --key, every event is compared with the sealed log, and completeness is judged by the checkpoint of an export, --checkpoint or --at-size.',
  ],
  args: VERIFY_ARGS,
  flags: VERIFY_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding', 'unknown'],
  examples: [
    { line: 'verify --key log.vkey', brief: 'Compare a ledger with its sealed log.' },
    {
      line: 'verify --ledger march.ndjson.gz --key log.vkey --log log',
      brief: 'Check an export against a copy of the log.',
    },
    { line: 'verify --bundle proof.json --key log.vkey', brief: 'Check a proof.' },
    {
      line: 'verify --trail AWSLogs --trail-keys trail-keys.json',
      brief: 'Compare a ledger with a trail, and prove that the trail is complete.',
    },
  ],
  load: () => import('./verify.ts'),
});
