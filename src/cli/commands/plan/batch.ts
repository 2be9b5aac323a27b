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

/** How records are planned and shown. Plain data, which can be sent to another thread. */
export interface PlanSettings {
  readonly context: Pick<InterpretationContext, 'rules' | 'taggerRoleArn'>;
  /** With `json`, the lines are those of `ndjson`; the caller combines them into one list. */
  readonly format: Format;
}

/** The plan for the records of a batch. Plain data, which can be sent to another thread. */
export interface PlannedBatch {
  /** A line per shown record; empty if there is none. One string for all of them is cheap to send. */
  readonly text: string;
  readonly totals: PlanTotals;
  readonly rejects: readonly Reject[];
  /**
   * The creators of resources, such as fleets, for which a service can create others in this or later
   * batches.
   */
  readonly makers: ReadonlyMap<ResourceArn, Who>;
}

/**
 * Plans the records of a batch; a direct call counts as made at `now`. The result depends only on the
 * arguments, so any thread can run it. `acquaintance` looks up creators and remembers sessions. Rejects if
 * `acquaintance` rejects.
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
