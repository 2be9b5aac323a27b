import type { EventStore } from './event-store.ts';
import { isLedgerStream } from './ledger-stream.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ResourceArn } from './resource-arn.ts';

/** Every event in the order of `readAll`, without those of the ledger's own streams. */
export async function* resourceEvents(
  store: Pick<EventStore, 'readAll'>,
  after?: ResourceArn,
): AsyncGenerator<RecordedEvent> {
  for await (const event of store.readAll(after)) if (!isLedgerStream(event.stream)) yield event;
}

/** The same events, one stream at a time. Only the events of one stream are held in memory. */
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
