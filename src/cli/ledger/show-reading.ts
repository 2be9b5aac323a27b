import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { FleetReader, ResourceAt } from '../../projections/resource-at.ts';
import type { ReadOnlyStateStore } from '../../projections/state-store.ts';
import type { CursoredFeed } from '../../stream-consumer/event-source-mapping.ts';
import type { ShowProgress } from '../progress.ts';

/** What is read, and where its progress is shown. */
export interface ReadingShown<T> {
  readonly show: ShowProgress;
  readonly what: string;
  /** How many there are, as far as that is known. */
  readonly total?: number | undefined;
  /** How many an item counts for; 1 by default. */
  readonly size?: (item: T) => number;
}

/** Counting is a function call for each item, and showing one for so many items. */
const SHOWN_AT_ONCE = 1_000;

/**
 * The same items, whose reading shows how many were read. Reading a database or a file in memory never waits, so
 * this lets the process handle signals now and then: without that, Ctrl-C would have no effect until the end.
 *
 * It is no generator, because one more of these for each event costs a tenth of the time of reading a ledger.
 */
export const showReading = <T>(
  items: AsyncIterable<T>,
  { show, what, total, size = () => 1 }: ReadingShown<T>,
): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => {
    const from = items[Symbol.asyncIterator]();
    let [done, shown] = [0, 0];
    const end = () => show(done, done, what);
    const count = (result: IteratorResult<T>): IteratorResult<T> => {
      if (result.done) end();
      else done += size(result.value);
      return result;
    };
    const failed = (error: unknown): never => {
      end();
      throw error;
    };
    show(0, total, what);
    return {
      next: () => {
        if (done - shown < SHOWN_AT_ONCE) return from.next().then(count, failed);
        shown = done;
        show(done, total, what);
        return nextTurn()
          .then(() => from.next())
          .then(count, failed);
      },
      return: async () => {
        end();
        await from.return?.();
        return { done: true, value: undefined };
      },
    };
  },
});

/** An event store that shows the progress of each read of the whole ledger. `total` is the number of its events. */
export const showEvents = <S extends Pick<ReadOnlyEventStore, 'readAll' | 'columns'>>(
  store: S,
  show: ShowProgress,
  total: number | undefined,
): S => ({
  ...store,
  readAll: (after) => showReading(store.readAll(after), { show, what: 'events', total }),
  columns: () => showReading(store.columns(), { show, what: 'events', total, size: (batch) => batch.length }),
});

/**
 * A change feed that shows how far the consumer that reads it has come. `end` is the position of its last event.
 * Consumers of a feed in memory never wait, so each batch lets the process handle signals.
 */
export const showFeed = (feed: CursoredFeed, show: ShowProgress, end: () => number): CursoredFeed => ({
  read: async (consumer, max) => {
    await nextTurn();
    const read = await feed.read(consumer, max);
    if (!read) show(end(), end(), FED);
    return read;
  },
  commit: (consumer, next) => {
    feed.commit(consumer, next);
    show(next, end(), FED);
  },
});

const FED = 'events processed';

/** A state store that shows the progress of each read of all rows. */
export const showRows = <S extends Pick<ReadOnlyStateStore, 'list' | 'listStored'>>(
  states: S,
  show: ShowProgress,
): S => ({
  ...states,
  list: (after) => showReading(states.list(after), { show, what: 'resources' }),
  listStored: () => showReading(states.listStored(), { show, what: 'resources' }),
});

/** A reader of a fleet that shows how many resources were read. */
export const showFleet = (fleet: FleetReader, show: ShowProgress): FleetReader => ({
  ...fleet,
  at: (moment, after) => resourcesShown(fleet.at(moment, after), show),
});

async function* resourcesShown(
  batches: AsyncIterable<Iterable<ResourceAt>>,
  show: ShowProgress,
): AsyncGenerator<Iterable<ResourceAt>> {
  let done = 0;
  function* counted(batch: Iterable<ResourceAt>): Generator<ResourceAt> {
    for (const resource of batch) {
      done += 1;
      yield resource;
    }
  }
  try {
    for await (const batch of batches) {
      yield counted(batch);
      show(done, undefined, 'resources');
    }
  } finally {
    show(done, done, 'resources');
  }
}
