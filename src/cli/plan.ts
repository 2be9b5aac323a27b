import { InvalidInputError } from '../events/invalid-input-error.ts';
import type { Perspective } from '../handlers/interpret.ts';
import type { Command } from './command.ts';
import { writeList } from './console.ts';
import { keepReject, rejectTeller } from './ingest-rejects.ts';
import { perspectiveOf } from './open-ledger.ts';
import { type Planned, planOf } from './plan-record.ts';
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
    const perspective = perspectiveOf(env);
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
    const take = (entry: TrailEntry) => {
      const { planned, problem } = planEntry(perspective, entry);
      for (const one of planned) {
        totals.add(one);
        if (format === 'ndjson') lines.push(JSON.stringify(one));
        else if (format === 'json') all.push(one);
        else if (one.outcome !== 'skip') lines.push(planLine(planRow(one)));
      }
      if (problem === undefined) return;
      const reject = { file: entry.file, position: entry.position, reason: problem };
      rejected.add(reject);
      if (kept) keepReject(kept, { ...reject, text: textOf(entry) });
    };
    for await (const entries of trails.batches) {
      for (const entry of entries) take(entry);
      flush();
    }
    flush();
    if (format === 'json') writeList(console, format, all);
    if (format === 'text') console.out(`\n${table(totals.rows(rejected.count()))}`);
    rejected.tell(console, kept);
    return rejected.count() > 0 ? 1 : 0;
  },
};

const planEntry = (
  perspective: Perspective,
  entry: TrailEntry,
): { readonly planned: readonly Planned[]; readonly problem?: string } => {
  if ('problem' in entry) return { planned: [], problem: entry.problem };
  try {
    return { planned: planOf(perspective, entry.value, new Date()) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { planned: [], problem: error.message };
  }
};

const textOf = (entry: TrailEntry): string => ('text' in entry ? entry.text : JSON.stringify(entry.value));
