import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { IMPORT_ARGS, IMPORT_FLAGS } from './flags.ts';

/** `tagledger import`. */
export const importCommand = defineCommand({
  name: 'import',
  group: 'Operate',
  brief: 'Make a ledger in a folder from an exported file.',
  details: ['Events keep their bytes, numbers and hashes.'],
  args: IMPORT_ARGS,
  flags: IMPORT_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage'],
  examples: [
    { line: 'import march.ndjson.gz --ledger restored', brief: 'Restore an export.' },
    { line: 'import old.ndjson.gz --previous old --ledger new', brief: 'Move a ledger with its log.' },
  ],
  load: () => import('./import.ts'),
});
