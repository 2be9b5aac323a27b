import type { Command } from './command.ts';
import { archive } from './commands/archive/command.ts';
import { baseline } from './commands/baseline/command.ts';
import { changes } from './commands/changes/command.ts';
import { completion } from './commands/completion/command.ts';
import { compliance } from './commands/compliance/command.ts';
import { consume } from './commands/consume/command.ts';
import { coverage } from './commands/coverage/command.ts';
import { demo } from './commands/demo/command.ts';
import { doctor } from './commands/doctor/command.ts';
import { exportCommand } from './commands/export/command.ts';
import { history } from './commands/history/command.ts';
import { importCommand } from './commands/import/command.ts';
import { ingest } from './commands/ingest/command.ts';
import { list } from './commands/list/command.ts';
import { plan } from './commands/plan/command.ts';
import { policy } from './commands/policy/command.ts';
import { prove } from './commands/prove/command.ts';
import { rebuild } from './commands/rebuild/command.ts';
import { redrive } from './commands/redrive/command.ts';
import { seal } from './commands/seal/command.ts';
import { state } from './commands/state/command.ts';
import { timeline } from './commands/timeline/command.ts';
import { verify } from './commands/verify/command.ts';
import { why } from './commands/why/command.ts';

/** All commands, in the order of help. */
export const COMMANDS: readonly Command[] = [
  ...[demo, ingest, baseline, plan, coverage, completion],
  ...[list, state, history, why, timeline, changes, compliance],
  ...[verify, prove, seal, exportCommand],
  ...[doctor, consume, redrive, rebuild, archive, importCommand],
  policy,
];
