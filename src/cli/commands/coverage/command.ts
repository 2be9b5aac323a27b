import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { COVERAGE_ARGS, COVERAGE_FLAGS } from './flags.ts';

/** `tagledger coverage`. */
export const coverage = defineCommand({
  name: 'coverage',
  group: 'Start',
  brief: 'List the EC2 calls and resource types that are recorded.',

  args: COVERAGE_ARGS,
  flags: COVERAGE_FLAGS,
  formats: FORMATS,
  exits: ['done', 'usage'],
  examples: [
    { line: 'coverage', brief: 'List them.' },
    { line: 'coverage -o json', brief: 'The same for programs.' },
  ],
  load: () => import('./coverage.ts'),
});
