import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { EXPORT_ARGS, EXPORT_FLAGS } from './flags.ts';

/** `tagledger export`. */
export const exportCommand = defineCommand({
  name: 'export',
  group: 'Prove',
  brief: 'Write events with their hashes to one file.',
  details: ['The file is never overwritten, and only its owner can read it.'],
  args: EXPORT_ARGS,
  flags: EXPORT_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding'],
  examples: [
    { line: 'export --out march.ndjson.gz', brief: 'Export the whole ledger.' },
    {
      line: 'export --out march.ndjson.gz --to 2026-03-31',
      brief: 'Export what was recorded until the end of a day.',
    },
  ],
  load: () => import('./export.ts'),
});
