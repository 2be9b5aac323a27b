import type { EventStore } from '../../src/events/event-store.ts';
import { GENESIS, hashOf } from '../../src/events/hash-chain.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { groupBy } from '../../src/shared/collections.ts';
import { listOf } from '../support/async.ts';

/** All streams of a ledger, with their events in the order in which the store gives them. */
export const streamsOf = async (store: EventStore): Promise<Map<ResourceArn, RecordedEvent[]>> =>
  groupBy(await listOf(store.readAll()), ({ stream }) => stream);

/**
 * Where a stream's chain breaks, in words; undefined when it begins at 1, has no gap, each event names the hash of
 * the one before it, bears its own, and was recorded later.
 */
export const breakIn = (events: readonly RecordedEvent[]): string | undefined => {
  let prev = GENESIS;
  let recordedAt = '';
  for (const [i, event] of events.entries()) {
    if (event.seq !== i + 1) return `${event.seq} stands where ${i + 1} should`;
    if (event.prev !== prev) return `${event.seq} does not name the one before it`;
    if (event.hash !== hashOf(event)) return `${event.seq} has another hash`;
    if (event.recordedAt <= recordedAt) return `${event.seq} was recorded before the one before it`;
    ({ hash: prev, recordedAt } = event);
  }
  return undefined;
};
