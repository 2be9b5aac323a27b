import type { Planned } from '../../../explain/what-if.ts';
import { type Acquaintance, attribute, makersIn } from '../../../intake/attribution.ts';
import { actorIn, type InterpretationContext } from '../../../intake/interpret.ts';
import { recordsIn } from '../../../intake/read-input.ts';
import { planEntry, readEntry } from '../../trail/parse-entry.ts';
import type { TrailEntry } from '../../trail/read-trail.ts';
import type { Reject } from '../../trail/rejects.ts';

/** The plan for the records of a batch. */
export interface PlannedBatch {
  readonly planned: readonly Planned[];
  readonly rejects: readonly Reject[];
  /**
   * The creators of resources, such as fleets, for which a service can create others in this or later
   * batches.
   */
  readonly makers: ReturnType<typeof makersIn>;
}

/**
 * Plans the records of a batch; a direct call counts as made at `now`. `acquaintance` looks up creators and
 * remembers sessions. Rejects if `acquaintance` rejects.
 */
export const planBatch = async (
  fixed: InterpretationContext,
  acquaintance: Acquaintance,
  entries: Iterable<TrailEntry>,
  now: Date,
): Promise<PlannedBatch> => {
  const read = Array.from(entries, readEntry);
  const records = recordsIn(read.flatMap(({ messages }) => messages));
  const context = { ...fixed, ...(await attribute(acquaintance, records, now)) };
  const all: Planned[] = [];
  const rejects: Reject[] = [];
  for (const one of read) {
    const { planned, problem } = planEntry(context, one, now);
    all.push(...planned);
    if (problem !== undefined) rejects.push(rejectOf(one.entry, problem));
  }
  return { planned: all, rejects, makers: makersIn(records, actorIn(context)) };
};

const rejectOf = (entry: TrailEntry, reason: string): Reject => {
  const { file, position } = entry;
  return { file, position, reason, text: 'text' in entry ? entry.text : JSON.stringify(entry.value) };
};
