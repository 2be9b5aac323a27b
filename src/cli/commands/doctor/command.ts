import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { DOCTOR_ARGS, DOCTOR_FLAGS } from './flags.ts';

/** `tagledger doctor`. */
export const doctor = defineCommand({
  name: 'doctor',
  group: 'Operate',
  brief: 'Find what is wrong with a ledger, and say what to do.',

  args: DOCTOR_ARGS,
  flags: DOCTOR_FLAGS,
  formats: FORMATS,
  exits: ['done', 'usage', 'finding', 'unknown'],
  examples: [
    { line: 'doctor', brief: 'Check the ledger in .tagledger.' },
    { line: 'doctor --ledger dynamodb:tagledger-ledger', brief: 'Check a deployment.' },
  ],
  load: () => import('./doctor.ts'),
});
