import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import type { PipelineStores } from '../../src/embedded/ledger-pipeline.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { StateStore } from '../../src/projections/state-store.ts';

/**
 * The stores of a pipeline over an event store and a state store that have no change feed: the feed holds what
 * is appended through it, in memory. There are no transactions, and a consumer must not give anything up.
 */
export const pipelineStores = (store: EventStore, states: StateStore): PipelineStores => {
  const appended: RecordedEvent[] = [];
  const cursors = new Map<string, number>();
  return {
    store: {
      ...store,
      async append(event) {
        const result = await store.append(event);
        if (result.fresh) appended.push(result.event);
        return result;
      },
    },
    states,
    coordination: memoryCoordinationStore(),
    feed: {
      async read(consumer, max) {
        const from = cursors.get(consumer) ?? 0;
        const entries = appended
          .slice(from, from + max)
          .map((recorded, i) => ({ position: from + i, recorded }));
        return entries.length > 0 ? { entries, next: from + entries.length } : undefined;
      },
      commit: (consumer, next) => {
        cursors.set(consumer, next);
      },
    },
    deadLetters: {
      add: (consumer, _, error) => {
        throw new Error(`${consumer} gave up a batch`, { cause: error });
      },
      messages: () => [],
      forget: () => {},
    },
    atomically: (work) => work(),
  };
};
