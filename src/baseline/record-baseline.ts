import pMap from 'p-map';
import { recordSighting, type ShownResource } from '../commands/record-sighting.ts';
import { type Ledger, transact } from '../commands/transact.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { isWhole } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceAt } from '../projections/resource-at.ts';
import { END_OF_TIME } from '../shared/time.ts';

/**
 * What the ledger knew of a shown resource at its moment. `new`: not all of its tags. `same`: these tags. `different`:
 * others. `ended`: that it had ended.
 */
export type KnownBefore = 'new' | 'same' | 'different' | 'ended';

/** What became of a shown resource. */
export interface RecordedSighting {
  readonly arn: ResourceArn;
  readonly outcome: 'appended' | 'already-there';
  readonly known: KnownBefore;
  /** How long it had ended before it was shown, in milliseconds; absent unless it is `ended`. */
  readonly endedBefore?: number;
}

const AT_ONCE = 16;

/** Records what was shown, each resource once. Reading the same answers again appends nothing. */
export const recordBaseline = (
  ledger: Ledger,
  shown: readonly ShownResource[],
): Promise<RecordedSighting[]> =>
  pMap(
    shown,
    async (one): Promise<RecordedSighting> => {
      const { events, appended } = await transact(ledger, one.arn, recordSighting(one));
      const before = events.filter((event) => !appended.includes(event));
      return {
        arn: one.arn,
        outcome: appended.length > 0 ? 'appended' : 'already-there',
        ...knownBefore(before, one),
      };
    },
    { concurrency: AT_ONCE },
  );

const knownBefore = (
  events: readonly RecordedEvent[],
  { at, tags }: ShownResource,
): Pick<RecordedSighting, 'known' | 'endedBefore'> => {
  const before = resourceAt(events, { asOf: at, knownAt: END_OF_TIME });
  if (before?.retired) return { known: 'ended', endedBefore: Date.parse(at) - Date.parse(before.retired.at) };
  if (!before || !isWhole(before)) return { known: 'new' };
  return { known: JSON.stringify(before.tags) === JSON.stringify(tags) ? 'same' : 'different' };
};
