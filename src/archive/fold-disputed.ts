import pMap from 'p-map';
import type { EventStore } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Moment, type ResourceAt, resourceAt } from '../projections/resource-at.ts';
import type { Disputed } from './partial-state.ts';

/** Reads one stream of the ledger. */
export type StreamReader = Pick<EventStore, 'read'>;

/** DynamoDB answers such a read in a few milliseconds. */
const READS_AT_ONCE = 16;

/**
 * Folds the streams of disputed resources from the ledger, up to the newest event that the archive knows. So of events
 * that have not reached the archive, it covers only those with others after them.
 * Leaves out streams of which no event counts at the moment, and those that the ledger does not have.
 */
export const foldDisputed = async (
  ledger: StreamReader,
  moment: Moment,
  disputed: readonly Disputed[],
): Promise<ReadonlyMap<ResourceArn, ResourceAt>> => {
  const fold = async ({ arn, lastSeq }: Disputed) => {
    const events = await ledger.read(arn);
    return resourceAt(
      events.filter(({ seq }) => seq <= lastSeq),
      moment,
    );
  };
  const resources = await pMap(disputed, fold, { concurrency: READS_AT_ONCE });
  return new Map(resources.flatMap((one) => (one ? [[one.arn, one] as const] : [])));
};
