import { memoryCoordinationStore } from '../../../adapters/memory/coordination-store.ts';
import type { ResourceArn } from '../../../events/resource-arn.ts';
import type { Who } from '../../../events/tag-event.ts';
import { isOn } from '../../../handlers/runtime/settings.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { interpretationContextOf } from '../../ledger/folder-settings.ts';
import { orderedPipeline } from '../../threads/ordered-pipeline.ts';
import { noRecordsText, openTrails } from '../../trail/read-trails.ts';
import { keepReject, rejectTeller } from '../../trail/rejects.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { table } from '../../views/table.ts';
import { type PlannedBatch, type PlanSettings, planBatch } from './batch.ts';
import { type Planner, startPlanner } from './planner.ts';
import { PLAN_HEAD, planLine } from './text.ts';
import { startTotals, totalRows } from './totals.ts';

/** Enough that a thread has its next batch while its last result waits for its turn. */
const BATCHES_AT_ONCE = 8;

/**
 * `tagledger plan FILE...`: which tags would be requested, and why others would not. It fails if any record
 * was rejected.
 */
export const plan: Command = {
  usage: 'plan FILE... [--rejects FILE]',
  summary: 'what ingest would request of which resources, and why not of others; records nothing',
  options: { rejects: { type: 'string' } },
  exits: ['done', 'failed', 'usage'],
  async run({ positionals, values, format, env, console }) {
    if (positionals.length === 0) {
      throw new WrongUsageError(
        'got no file to plan for: type `tagledger plan FILE...`, or - for standard input',
      );
    }
    const kept = values.rejects === undefined ? undefined : String(values.rejects);
    const settings: PlanSettings = { context: interpretationContextOf(env), format };
    const joins = isOn(env, 'IDENTITY_JOIN');
    const trails = await openTrails(positionals);
    // There is no ledger to look up creators in; only the earlier batches know them.
    const makers = new Map<ResourceArn, Who>();
    const totals = startTotals();
    const rejected = rejectTeller();
    const all: string[] = [];
    if (format === 'text') console.stdout(planLine(PLAN_HEAD));
    const take = (planned: PlannedBatch) => {
      for (const [arn, who] of planned.makers) makers.set(arn, who);
      totals.join(planned.totals);
      for (const reject of planned.rejects) {
        rejected.add(reject);
        if (kept) keepReject(kept, reject);
      }
      // Writes many lines at once, because one write to stdout takes longer than planning a record.
      if (planned.text && format === 'json') all.push(planned.text);
      else if (planned.text) console.stdout(planned.text);
      trails.progress(console);
    };
    const planner = joins ? joiningPlanner(settings) : startPlanner(settings);
    try {
      await orderedPipeline(
        trails.unparsed,
        (batch, before) =>
          planner.plan(batch, async (arn) => {
            await before();
            return makers.get(arn);
          }),
        take,
        joins ? 1 : BATCHES_AT_ONCE,
      );
    } finally {
      await planner.close();
    }
    trails.progress(console);
    if (format === 'json') console.stdout(JSON.stringify(listOf(all), null, 2));
    if (format === 'text') console.stdout(`\n${table(totalRows(totals.total(), rejected.count()))}`);
    rejected.tell(console, kept);
    if (totals.total().records === 0 && rejected.count() === 0)
      console.stderr(sanitizeTerminal(noRecordsText(positionals)));
    return exitOf({ failed: rejected.count() > 0 });
  },
};

/**
 * Plans everything in this thread, because the remembered sessions are in one memory that grows from batch to
 * batch.
 */
const joiningPlanner = (settings: PlanSettings): Planner => {
  const coordination = memoryCoordinationStore();
  return {
    plan: (batch, makerOf) => planBatch(settings, { coordination, makerOf }, batch, new Date()),
    close: async () => {},
  };
};

/** Parses texts of one JSON value per line. */
const listOf = (texts: readonly string[]): unknown[] =>
  texts.flatMap((text) => text.split('\n').map((line): unknown => JSON.parse(line)));
