import type { EventStore } from '../events/event-store.ts';
import type { ReadOnlyObjectStore } from '../objects/object-store.ts';
import { ledgerFleet } from '../projections/ledger-fleet.ts';
import type { FleetReader } from '../projections/resource-at.ts';
import { archiveFleet } from './archive-fleet.ts';
import { readCatalogue } from './catalogue.ts';

/**
 * Reads a fleet from the archive if there is one, and from the ledger until then. Before its first build the
 * archive holds only recent events, so its answers would be wrong, not just late.
 */
export const archivedOrLedger = (
  objects: ReadOnlyObjectStore,
  store: Pick<EventStore, 'read' | 'readAll'>,
): FleetReader => {
  const reader = async (): Promise<FleetReader> =>
    (await readCatalogue(objects)) ? archiveFleet(objects, store) : ledgerFleet(store);
  return {
    async *at(moment, after) {
      yield* (await reader()).at(moment, after);
    },
    span: async (knownAt) => (await reader()).span(knownAt),
  };
};
