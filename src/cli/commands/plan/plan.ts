import { memoryCoordinationStore } from '../../../adapters/memory/coordination-store.ts';
import type { ResourceArn } from '../../../events/resource-arn.ts';
import type { Who } from '../../../events/tag-event.ts';
import type { Planned } from '../../../explain/what-if.ts';
import { type Env, isOn } from '../../../handlers/runtime/settings.ts';
import type { Acquaintance } from '../../../intake/attribution.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { exampleRulesText, interpretationContextOf, tagRulesOf } from '../../ledger/folder-settings.ts';
import type { Console, Format } from '../../terminal.ts';
import { noRecordsText, openTrails, type Trails } from '../../trail/read-trails.ts';
import { keepReject, rejectTeller } from '../../trail/rejects.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { COUNTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import { type PlannedBatch, planBatch } from './batch.ts';
import type { PlanInvocation } from './flags.ts';
import { PLAN_HEAD, planLine, planRow } from './text.ts';
import { startTotals, totalRows } from './totals.ts';

/**
 * `tagledger plan FILE...`: which tags would be requested, and why others would not. It fails if any record
 * was rejected. Without a record the exit is unknown.
 */
export const run = async ({ args, values, format, env, console }: PlanInvocation): Promise<Exit> => {
  sayRules(env, console);
  const kept = values.rejects;
  const trails = await openTrails(args.FILE, console);
  const totals = startTotals();
  const rejected = rejectTeller();
  const all: Planned[] = [];
  if (format === 'text') console.stdout(planLine(PLAN_HEAD));
  for await (const { planned, rejects } of plannedBatches(trails, env)) {
    planned.forEach(totals.add);
    for (const reject of rejects) {
      rejected.add(reject);
      if (kept) keepReject(kept, reject);
    }
    if (format === 'json') all.push(...planned);
    writeLines(planned, format, console);
    trails.progress(console);
  }
  trails.progress(console);
  if (format === 'json') writeObject(console, format, all);
  if (format === 'text')
    console.stdout(`\n${table(totalRows(totals.total(), rejected.count()), console.style, COUNTS)}`);
  rejected.tell(console, kept);
  const isEmpty = totals.total().records === 0 && rejected.count() === 0;
  if (isEmpty) console.stderr(sanitizeTerminal(noRecordsText(args.FILE)));
  return exitOf({ failed: rejected.count() > 0, unknown: isEmpty });
};

const sayRules = (env: Env, console: Console): void => {
  const rules = exampleRulesText(env);
  if (rules) console.stderr(rules);
};

async function* plannedBatches({ batches }: Trails, env: Env): AsyncGenerator<PlannedBatch> {
  const context = { ...interpretationContextOf(env), rules: parseTagRules(tagRulesOf(env)) };
  // There is no ledger to look up creators in; only the earlier batches know them.
  const makers = new Map<ResourceArn, Who>();
  const acquaintance: Acquaintance = {
    makerOf: async (arn) => makers.get(arn),
    ...(isOn(env, 'IDENTITY_JOIN') && { coordination: memoryCoordinationStore() }),
  };
  for await (const batch of batches) {
    const planned = await planBatch(context, acquaintance, batch, new Date());
    for (const [arn, who] of planned.makers) makers.set(arn, who);
    yield planned;
  }
}

/**
 * Writes many lines at once, because one write to stdout takes longer than planning a record. The list of
 * `json` is not written by lines.
 */
const writeLines = (planned: readonly Planned[], format: Format, console: Console): void => {
  const lines = planned.flatMap((one) => linesOf(one, format));
  if (lines.length > 0) console.stdout(lines.join('\n'));
};

const linesOf = (planned: Planned, format: Format): readonly string[] => {
  if (format === 'ndjson') return [JSON.stringify(planned)];
  return format === 'text' && planned.outcome !== 'skip' ? [planLine(planRow(planned))] : [];
};
