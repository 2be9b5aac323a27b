import type { EventStore } from './event-store.ts';
import { isLedgerStream } from './ledger-stream.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ResourceArn } from './resource-arn.ts';

/** Every event of a resource, in the order of `readAll`; the streams that the ledger has for itself are left out. */
export async function* resourceEvents(
  store: Pick<EventStore, 'readAll'>,
  after?: ResourceArn,
): AsyncGenerator<RecordedEvent> {
  for await (const event of store.readAll(after)) if (!isLedgerStream(event.stream)) yield event;
}

/** The same, the events of one resource after those of another; in memory are those of one. */
export async function* resourceStreams(
  store: Pick<EventStore, 'readAll'>,
  after?: ResourceArn,
): AsyncGenerator<readonly [RecordedEvent, ...RecordedEvent[]]> {
  let events: [RecordedEvent, ...RecordedEvent[]] | undefined;
  for await (const event of resourceEvents(store, after)) {
    if (events?.[0].stream === event.stream) events.push(event);
    else {
      if (events) yield events;
      events = [event];
    }
  }
  if (events) yield events;
}
