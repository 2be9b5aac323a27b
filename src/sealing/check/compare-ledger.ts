import type { EventStore } from '../../events/event-store.ts';
import { type RecordedEvent, UnreadableEventError } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import type { SealedHead } from '../log/sealed-heads.ts';
import { breakOf } from '../pending-events.ts';
import { type Sealable, wholeOf } from './stream-break.ts';

/**
 * The events of a part of the ledger that are not sealed yet, and the streams that differ from what was
 * sealed.
 */
export interface LedgerCompared {
  /** The last stream of the part. */
  readonly after: ResourceArn;
  readonly sealables: readonly Sealable[];
}

/** About how many events are held at once. Their streams are looked up together. */
const EVENTS = 5_000;

/**
 * Compares the ledger, or its streams after `after`, with what is sealed, a part at a time. Finds events that
 * no hint named, sealed events that were changed, and cut tails. It does not find deleted streams, since only
 * the log still names them.
 */
export async function* compareLedger(
  store: Pick<EventStore, 'readAll'>,
  headsOf: (streams: readonly string[]) => Promise<ReadonlyMap<string, SealedHead>>,
  after?: ResourceArn,
): AsyncGenerator<LedgerCompared> {
  let part: Map<ResourceArn, RecordedEvent[] | UnreadableEventError> = new Map();
  let held = 0;

  const compared = async (): Promise<LedgerCompared> => {
    const heads = await headsOf([...part.keys()]);
    const sealables = [...part].map(([stream, events]): Sealable => {
      if (events instanceof UnreadableEventError) return { events: [], broken: breakOf(events) };
      return wholeOf(stream, heads.get(stream), events);
    });
    const last = [...part.keys()].at(-1) as ResourceArn;
    part = new Map();
    held = 0;
    return { after: last, sealables };
  };

  for await (const { stream, event } of streamwise(store, after)) {
    const events = part.get(stream);
    if (!events && held >= EVENTS) yield await compared();
    held += 1;
    if (event instanceof UnreadableEventError) part.set(stream, event);
    else if (Array.isArray(events)) events.push(event);
    else part.set(stream, [event]);
  }
  if (part.size > 0) yield await compared();
}

/**
 * Yields all events. An event that cannot be read is yielded as its error, and reading continues with the
 * next stream.
 */
async function* streamwise(
  store: Pick<EventStore, 'readAll'>,
  after?: ResourceArn,
): AsyncGenerator<{ readonly stream: ResourceArn; readonly event: RecordedEvent | UnreadableEventError }> {
  let behind = after;
  for (let isDone = false; !isDone; ) {
    try {
      for await (const event of store.readAll(behind)) {
        yield { stream: event.stream, event };
        behind = event.stream;
      }
      isDone = true;
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      behind = error.stream as ResourceArn;
      yield { stream: behind, event: error };
    }
  }
}
