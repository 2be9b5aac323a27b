import type { EventStore } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceEvents, resourceStreams } from '../events/resource-events.ts';
import { ownCopy } from '../shared/own-copy.ts';
import { type FleetReader, type ResourceAt, resourceAt } from './resource-at.ts';
import { type Span, widenedBy } from './span.ts';

/**
 * Reads a fleet directly from the ledger. Each question reads every event and sorts the answer in memory.
 * This is the simplest reader, against which faster ones are tested.
 */
export const ledgerFleet = (store: Pick<EventStore, 'readAll'>): FleetReader => ({
  async *at(moment, after = '' as ResourceArn) {
    const resources: ResourceAt[] = [];
    for await (const events of resourceStreams(store)) {
      const resource = resourceAt(events, moment);
      if (resource && resource.arn > after) resources.push(ownCopy(resource));
    }
    yield resources.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  },

  async span(knownAt) {
    let span: Span | undefined;
    const widen = widenedBy(knownAt);
    for await (const { recordedAt, event } of resourceEvents(store))
      span = widen(span, { recordedAt, effectiveAt: event.effectiveAt });
    return span;
  },
});
