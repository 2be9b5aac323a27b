import type { EventStore } from '../events/event-store.ts';
import { isLedgerStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type FleetReader, type ResourceAt, resourceAt } from './resource-at.ts';

/**
 * Reads a fleet from the ledger itself: every event of it for each question, and the answer held in memory to be
 * sorted. The plainest way, beside which faster ones are tried.
 */
export const ledgerFleet = (store: Pick<EventStore, 'readAll'>): FleetReader => ({
  async *at(moment, after = '' as ResourceArn) {
    const resources: ResourceAt[] = [];
    for await (const events of streamsOf(store)) {
      const resource = resourceAt(events, moment);
      if (resource && resource.arn > after) resources.push(resource);
    }
    yield* resources.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  },

  async began(knownAt) {
    let began: string | undefined;
    for await (const { stream, recordedAt, event } of store.readAll()) {
      if (isLedgerStream(stream)) continue;
      if (recordedAt <= knownAt && (began === undefined || event.effectiveAt < began))
        began = event.effectiveAt;
    }
    return began;
  },
});

/** The events of one stream after another. */
export async function* streamsOf(store: Pick<EventStore, 'readAll'>): AsyncIterable<RecordedEvent[]> {
  let events: RecordedEvent[] = [];
  for await (const event of store.readAll()) {
    if (events[0] && events[0].stream !== event.stream) {
      yield events;
      events = [];
    }
    events.push(event);
  }
  if (events.length > 0) yield events;
}
