import { type EventStore, refuseTooLarge, SeqConflictError } from '../../events/event-store.ts';
import { columnsOf, type LedgerLine } from '../../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';

/**
 * An {@link EventStore} in memory, for tests, benchmarks and simulations. It stores what a table would store
 * and parses it on each read, so an unreadable event fails here as well.
 */
export const memoryStore = (): EventStore => {
  const streams = new Map<ResourceArn, LedgerLine[]>();
  const at = (stream: ResourceArn, seq: number): RecordedEvent | undefined => {
    const stored = streams.get(stream)?.[seq - 1];
    return stored && readRecorded(stored);
  };
  // Object.values skips the holes before an event that was appended beyond the end of its stream.
  const read = (stream: ResourceArn) => Object.values(streams.get(stream) ?? []).map(readRecorded);

  return {
    async append(event) {
      refuseTooLarge(event);
      const { stream, seq, hash } = event;
      const there = at(stream, seq);
      if (there) {
        if (there.event.eventId !== event.event.eventId) throw new SeqConflictError(event);
        return { event: there, fresh: there.hash === hash };
      }
      const events = streams.get(stream) ?? [];
      events[seq - 1] = columnsOf(event);
      streams.set(stream, events);
      return { event, fresh: true };
    },

    async read(stream) {
      return read(stream);
    },

    async find(places) {
      const distinct = new Map(places.map((place) => [`${place.seq} ${place.stream}`, place]));
      return [...distinct.values()].flatMap(({ stream, seq }) => at(stream, seq) ?? []);
    },

    async *readAll(after) {
      const all = [...streams.keys()];
      const behind = after === undefined ? 0 : all.indexOf(after) + 1;
      for (const stream of all.slice(behind)) yield* read(stream);
    },

    async *columns() {
      for (const stored of streams.values()) yield Object.values(stored);
    },

    async *recordedBetween(from, to) {
      for (const stream of streams.keys()) {
        yield* read(stream).filter(({ recordedAt }) => from <= recordedAt && recordedAt <= to);
      }
    },
  };
};
