import { type EventStore, refuseTooLarge, SeqConflictError } from './event-store.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ResourceArn } from './resource-arn.ts';

/** An {@link EventStore} that lives as long as its process; for tests, benchmarks and simulations. */
export const memoryStore = (): EventStore => {
  const streams = new Map<ResourceArn, RecordedEvent[]>();
  const at = (stream: ResourceArn, seq: number) => streams.get(stream)?.[seq - 1];

  return {
    async append(event) {
      refuseTooLarge(event);
      const { stream, seq } = event;
      const there = at(stream, seq);
      if (there) {
        if (there.event.eventId !== event.event.eventId) throw new SeqConflictError(event);
        return { event: there, fresh: there.body === event.body };
      }
      const events = streams.get(stream) ?? [];
      events[seq - 1] = event;
      streams.set(stream, events);
      return { event, fresh: true };
    },

    async read(stream) {
      return [...(streams.get(stream) ?? [])];
    },

    async find(places) {
      return places.flatMap(({ stream, seq }) => at(stream, seq) ?? []);
    },

    async *readAll() {
      for (const events of streams.values()) yield* [...events];
    },
  };
};
