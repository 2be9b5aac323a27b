import { type Planned, whatIf } from '../../explain/what-if.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import { type InputMessage, readInput } from '../../intake/read-input.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { TrailEntry } from './read-trail.ts';

/** A trail entry with its messages, or with the problem that makes it unusable. */
export interface ReadEntry {
  readonly entry: TrailEntry;
  readonly messages: readonly InputMessage[];
  readonly problem?: string;
}

/** Parses the messages of an entry. A problem is returned, not thrown. */
export const readEntry = (entry: TrailEntry): ReadEntry =>
  'problem' in entry
    ? { entry, messages: [], problem: entry.problem }
    : { entry, ...orProblem(() => ({ messages: readInput(entry.value) }), { messages: [] }) };

/**
 * Plans what an entry would lead to, or returns why it is unusable. A direct call counts as made at `now`.
 */
export const planEntry = (
  context: InterpretationContext,
  { messages, problem }: ReadEntry,
  now: Date,
): { readonly planned: readonly Planned[]; readonly problem?: string } =>
  problem === undefined
    ? orProblem(() => ({ planned: whatIf(context, messages, now) }), { planned: [] })
    : { planned: [], problem };

const orProblem = <T extends object>(work: () => T, otherwise: T): T | (T & { readonly problem: string }) => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { ...otherwise, problem: error.message };
  }
};
