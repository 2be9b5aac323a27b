import type { StoredColumns } from './ledger-line.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ResourceArn } from './resource-arn.ts';

/** A place in the ledger. */
export interface Place {
  readonly stream: ResourceArn;
  readonly seq: number;
}

/** What came of an append: the event that now stands at the place, and whether this call put it there. */
export interface Appended {
  readonly event: RecordedEvent;
  readonly fresh: boolean;
}

/**
 * The append-only log of all streams. What callers may rely on, whatever the adapter:
 *
 * - **One winner for each place.** Of any number of concurrent appends at one (stream, seq), one is stored and
 *   the others reject with a {@link SeqConflictError}. Nothing stored is ever changed or removed.
 * - **Same cause, no conflict.** When the event at the place bears the caller's own `eventId`, the append has
 *   happened before (a lost reply, a redelivery) and resolves with the event that stands there.
 * - **Durable when resolved.** If the process dies before that, the event is stored whole or not at all; the
 *   caller finds out by appending the same event again.
 * - **No gaps is the caller's part.** An event names the hash of the one before it, so whoever can build the
 *   event at seq n has read seq n - 1. The store checks the place only.
 * - **Reads see every append that resolved before they began** (strongly consistent), and reject with an
 *   `UnreadableEventError` for anything that this version did not write or that was damaged.
 * - Other rejections (throttling after the SDK's retries, a broken connection) leave it open whether the
 *   append happened; repeating it is always safe.
 */
export interface EventStore {
  append(event: RecordedEvent): Promise<Appended>;

  /** The events of one stream, oldest first; empty for a stream that does not exist. */
  read(stream: ResourceArn): Promise<RecordedEvent[]>;

  /**
   * The events at those of the places that hold one, in no order, each once however often its place is named.
   * One call costs about one read for each place.
   */
  find(places: readonly Place[]): Promise<RecordedEvent[]>;

  /**
   * Every event. The events of one stream come together, oldest first. The streams come in an order that means
   * nothing and is the same each time, so a reader that came to the end of the stream `after` goes on behind it;
   * streams that begin meanwhile may come before it.
   */
  readAll(after?: ResourceArn): AsyncIterable<RecordedEvent>;

  /**
   * What stands at every place, column by column, some places at a time, in the order of `readAll`. Nothing is checked
   * and nothing refused, so that a damaged ledger can be exported and verified.
   */
  columns(): AsyncIterable<readonly StoredColumns[]>;

  /**
   * The events that were recorded `from` (ISO 8601) or later and `to` or earlier, in the order of `readAll`. It costs
   * a read of the whole ledger, however few they are.
   */
  recordedBetween(from: string, to: string): AsyncIterable<RecordedEvent>;
}

/** Somebody else's event stands where an append wanted to go: read the stream again and decide again. */
export class SeqConflictError extends Error {
  override readonly name = 'SeqConflictError';
  readonly stream: string;
  readonly seq: number;

  constructor({ stream, seq }: Place, options?: ErrorOptions) {
    super(`another event stands at ${seq} of ${stream}: read the stream again and decide again`, options);
    this.stream = stream;
    this.seq = seq;
  }
}

/** The largest `body` that is accepted, in bytes: a DynamoDB item holds 400 KB with its names and copies. */
export const MAX_BODY_BYTES = 350 * 1024;

/** An event does not fit into one DynamoDB item. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
  readonly stream: string;

  constructor(stream: string, bytes: number) {
    super(
      `got an event of ${bytes} bytes for ${stream}, expected at most ${MAX_BODY_BYTES}: ask for fewer or shorter tags`,
    );
    this.stream = stream;
  }
}

/** Throws an {@link EventTooLargeError} for an event that DynamoDB would refuse. Every adapter asks this first. */
export const refuseTooLarge = ({ stream, body }: RecordedEvent): void => {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw new EventTooLargeError(stream, bytes);
};
