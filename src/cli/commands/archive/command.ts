import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { ARCHIVE_ARGS, ARCHIVE_FLAGS } from './flags.ts';

/** `tagledger archive`. */
export const archive = defineCommand({
  name: 'archive',
  group: 'Operate',
  brief: 'Check or rebuild the archive, from which past questions are answered.',

  args: ARCHIVE_ARGS,
  flags: ARCHIVE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'finding'],
  examples: [
    { line: 'archive check', brief: 'Compare the archive with the events.' },
    { line: 'archive rebuild', brief: 'Build it again.' },
  ],
  load: () => import('./archive.ts'),
});
