import type { ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import { actorIn, type Perspective } from '../handlers/interpret.ts';
import { recordsIn } from '../handlers/read-input.ts';
import { isOn } from '../handlers/settings.ts';
import { makersIn, whoBehind } from '../handlers/who-behind.ts';
import { memoryMemoStore } from '../projections/memory-memo-store.ts';
import type { Command } from './command.ts';
import { writeList } from './console.ts';
import { keepReject, rejectTeller } from './ingest-rejects.ts';
import { perspectiveOf } from './open-ledger.ts';
import { planEntry, type ReadEntry, readEntry } from './plan-entry.ts';
import type { Planned } from './plan-record.ts';
import { PLAN_HEAD, planLine, planRow, startTotals } from './plan-text.ts';
import type { TrailEntry } from './read-trail.ts';
import { openTrails } from './read-trails.ts';
import { table } from './table.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** `tagledger plan FILE...`: what would be requested, and why not. Exit code 1 when something was rejected. */
export const plan: Command = {
  usage: 'plan FILE... [--rejects FILE]',
  summary: 'what ingest would request of which resources, and why not of others; records nothing',
  options: { rejects: { type: 'string' } },
  async run({ positionals, values, format, env, console }) {
    if (positionals.length === 0) {
      throw new WrongUsageError(
        'got no file to plan for: type `tagledger plan FILE...`, or - for standard input',
      );
    }
    const kept = values.rejects === undefined ? undefined : String(values.rejects);
    const fixed = perspectiveOf(env);
    // There is no ledger that would know who made what: the files before this one do.
    const makers = new Map<ResourceArn, Who>();
    const makerOf = async (arn: ResourceArn) => makers.get(arn);
    const memos = isOn(env, 'IDENTITY_JOIN') ? memoryMemoStore() : undefined;
    const trails = await openTrails(positionals);
    const totals = startTotals();
    const rejected = rejectTeller();
    const all: Planned[] = [];
    let lines: string[] = format === 'text' ? [planLine(PLAN_HEAD)] : [];
    // A write to stdout takes longer than the work on a record, so it is one for many.
    const flush = () => {
      if (lines.length > 0) console.out(lines.join('\n'));
      lines = [];
      trails.progress(console);
    };
    const take = (perspective: Perspective, read: ReadEntry) => {
      const { planned, problem } = planEntry(perspective, read);
      for (const one of planned) {
        totals.add(one);
        if (format === 'ndjson') lines.push(JSON.stringify(one));
        else if (format === 'json') all.push(one);
        else if (one.outcome !== 'skip') lines.push(planLine(planRow(one)));
      }
      if (problem === undefined) return;
      const { entry } = read;
      const reject = { file: entry.file, position: entry.position, reason: problem };
      rejected.add(reject);
      if (kept) keepReject(kept, { ...reject, text: textOf(entry) });
    };
    for await (const entries of trails.batches) {
      const read = Array.from(entries, readEntry);
      const records = recordsIn(read.flatMap(({ messages }) => messages));
      const behind = await whoBehind({ memos, makerOf }, records, new Date());
      const perspective: Perspective = { ...fixed, ...behind };
      for (const [arn, who] of makersIn(records, actorIn(perspective))) makers.set(arn, who);
      for (const one of read) take(perspective, one);
      flush();
    }
    flush();
    if (format === 'json') writeList(console, format, all);
    if (format === 'text') console.out(`\n${table(totals.rows(rejected.count()))}`);
    rejected.tell(console, kept);
    return rejected.count() > 0 ? 1 : 0;
  },
};

const textOf = (entry: TrailEntry): string => ('text' in entry ? entry.text : JSON.stringify(entry.value));
