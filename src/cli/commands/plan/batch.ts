import type { ResourceArn } from '../../../events/resource-arn.ts';
import type { Who } from '../../../events/tag-event.ts';
import type { Planned } from '../../../explain/what-if.ts';
import { type Acquaintance, attribute, makersIn } from '../../../intake/attribution.ts';
import { actorIn, type InterpretationContext } from '../../../intake/interpret.ts';
import { recordsIn } from '../../../intake/read-input.ts';
import type { Format } from '../../terminal.ts';
import { planEntry, type ReadEntry, readEntry } from '../../trail/parse-entry.ts';
import { entriesIn, type TrailEntry } from '../../trail/read-trail.ts';
import type { Reject } from '../../trail/rejects.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';
import { planLine, planRow } from './text.ts';
import { type PlanTotals, startTotals } from './totals.ts';

/** How records are planned and shown: data, which can be handed to another thread. */
export interface PlanSettings {
  readonly context: Pick<InterpretationContext, 'rules' | 'taggerRoleArn'>;
  /** In `json` the lines are those of `ndjson`: whoever has them all makes one list of them. */
  readonly format: Format;
}

/** What the records of a batch would lead to: data, which another thread can hand over. */
export interface PlannedBatch {
  /** A line for each record that is shown; empty for none. One text for all of them costs little to hand over. */
  readonly text: string;
  readonly totals: PlanTotals;
  readonly rejects: readonly Reject[];
  /** The persons who made resources for whose sake a service may make others, here or in later batches. */
  readonly makers: ReadonlyMap<ResourceArn, Who>;
}

/**
 * Plans what a batch holds; a direct call happens `now`. Depends on nothing but its arguments, so it may run in any
 * thread. Who is asked for, and remembered, is for `acquaintance` to know. Rejects when that does.
 */
export const planBatch = async (
  { context: fixed, format }: PlanSettings,
  acquaintance: Acquaintance,
  batch: TrailBatch,
  now: Date,
): Promise<PlannedBatch> => {
  const read = Array.from(entriesIn(batch), readEntry);
  const records = recordsIn(read.flatMap(({ messages }) => messages));
  const context = { ...fixed, ...(await attribute(acquaintance, records, now)) };
  return { ...planAll(context, format, read, now), makers: makersIn(records, actorIn(context)) };
};

const planAll = (
  context: InterpretationContext,
  format: Format,
  entries: readonly ReadEntry[],
  now: Date,
): Omit<PlannedBatch, 'makers'> => {
  const lines: string[] = [];
  const totals = startTotals();
  const rejects: Reject[] = [];
  const plan = (read: ReadEntry) => {
    const { planned, problem } = planEntry(context, read, now);
    for (const one of planned) {
      totals.add(one);
      const line = lineFor(format, one);
      if (line !== undefined) lines.push(line);
    }
    if (problem !== undefined) rejects.push(rejectOf(read.entry, problem));
  };
  entries.forEach(plan);
  return { text: lines.join('\n'), totals: totals.total(), rejects };
};

const lineFor = (format: Format, planned: Planned): string | undefined => {
  if (format !== 'text') return JSON.stringify(planned);
  return planned.outcome === 'skip' ? undefined : planLine(planRow(planned));
};

const rejectOf = (entry: TrailEntry, reason: string): Reject => {
  const { file, position } = entry;
  return { file, position, reason, text: 'text' in entry ? entry.text : JSON.stringify(entry.value) };
};
