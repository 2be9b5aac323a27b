import { isDeepStrictEqual } from 'node:util';
import {
  isDisputed,
  join,
  type PartialState,
  partialStateOf,
  resourceOf,
} from '../../src/archive/partial-state.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { counts, resourceAt } from '../../src/projections/resource-at.ts';
import type { Difference } from './compare.ts';

/** Later than every `recordedAt`. */
const ALWAYS = '9999-12-31T23:59:59.999Z';

/** What the partial states of a stream's events say, compared with its fold. */
export interface ComparedStates {
  readonly differences: readonly Difference[];
  /** Whether the whole stream must be folded from its events. */
  readonly isFolded: boolean;
}

/** Joins the partial states of the events that count at each moment, unless they say that they must be folded. */
export const comparePartialStates = (
  events: readonly RecordedEvent[],
  moments: readonly string[],
): ComparedStates => {
  const joinedUntil = (asOf: string): PartialState | undefined =>
    events
      .filter((event) => counts({ asOf, knownAt: ALWAYS }, event))
      .map(partialStateOf)
      .reduce<PartialState | undefined>((all, one) => (all ? join(all, one) : one), undefined);
  const differences = moments.flatMap((asOf): Difference[] => {
    const partial = joinedUntil(asOf);
    if (partial && isDisputed(partial)) return [];
    const [expected, actual] = [
      resourceAt(events, { asOf, knownAt: ALWAYS }),
      partial && resourceOf(partial),
    ];
    return isDeepStrictEqual(expected, actual)
      ? []
      : [{ kind: 'archive: differs', resource: String(events[0]?.stream), expected, actual }];
  });
  const whole = joinedUntil(ALWAYS);
  return { differences, isFolded: whole !== undefined && isDisputed(whole) };
};
