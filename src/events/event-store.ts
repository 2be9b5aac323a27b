import type { StoredColumns } from './ledger-line.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ResourceArn } from './resource-arn.ts';

/** The place of an event in the ledger. */
export interface Place {
  readonly stream: ResourceArn;
  readonly seq: number;
}

/** The result of an append: the event now stored at the place, and whether this call stored it. */
export interface Appended {
  readonly event: RecordedEvent;
  readonly fresh: boolean;
}

/**
 * The append-only log of all streams. Every adapter promises:
 *
 * - **One winner for each place.** Of any number of concurrent appends at one (stream, seq), one is stored
 *   and the others reject with a {@link SeqConflictError}. A stored event is never changed or removed.
 * - **Same cause, no conflict.** If the event at the place has the caller's own `eventId`, the append has
 *   already happened (a lost reply, a redelivery) and resolves with the stored event.
 * - **Durable when resolved.** If the process dies before that, the event is stored whole or not at all; the
 *   caller finds out by appending the same event again.
 * - **Callers prevent gaps.** An event names the hash of the one before it, so a caller that can build the
 *   event at seq n has read seq n - 1. The store checks only that the place is free.
 * - **Reads are strongly consistent.** They see every append that resolved before they began. They reject
 *   with an `UnreadableEventError` for an event that is damaged or that this version cannot read.
 * - After any other rejection (throttling after the SDK's retries, a broken connection) it is unknown whether
 *   the append happened. Repeating it is always safe.
 */
export interface EventStore {
  append(event: RecordedEvent): Promise<Appended>;

  /** The events of one stream, oldest first; empty for a stream that does not exist. */
  read(stream: ResourceArn): Promise<RecordedEvent[]>;

  /**
   * The events stored at these places, in no particular order; empty places are skipped. A place that is
   * named twice yields its event once. A call costs about one read for each place.
   */
  find(places: readonly Place[]): Promise<RecordedEvent[]>;

  /**
   * Every event. The events of a stream come together, oldest first. The order of the streams is arbitrary
   * but the same each time, so a reader that finished the stream `after` can resume behind it. It may miss
   * streams that began in the meantime.
   */
  readAll(after?: ResourceArn): AsyncIterable<RecordedEvent>;

  /**
   * The columns stored at every place, in batches, in the order of `readAll`. Nothing is checked or refused,
   * so that a damaged ledger can be exported and verified.
   */
  columns(): AsyncIterable<readonly StoredColumns[]>;

  /**
   * The events recorded at `from` (ISO 8601) or later and at `to` or earlier, in the order of `readAll`. It
   * reads the whole ledger, however few they are.
   */
  recordedBetween(from: string, to: string): AsyncIterable<RecordedEvent>;
}

/** An event store for readers: nothing can be appended by it. */
export type ReadOnlyEventStore = Omit<EventStore, 'append'>;

/** Another event is already stored at the place of an append: read the stream again and decide again. */
export class SeqConflictError extends Error {
  override readonly name = 'SeqConflictError';
  readonly stream: string;
  readonly seq: number;

  constructor({ stream, seq }: Place, options?: ErrorOptions) {
    super(`Another event is at ${seq} of ${stream}. Read the stream again, and decide again.`, options);
    this.stream = stream;
    this.seq = seq;
  }
}

/**
 * The largest accepted `body`, in bytes. A DynamoDB item holds 400 KB, including
 * attribute names and copied columns.
 */
export const MAX_BODY_BYTES = 350 * 1024;

/** An event does not fit into one DynamoDB item. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
  readonly stream: string;

  constructor(stream: string, bytes: number) {
    super(
      `The event of ${stream} has ${bytes} bytes, and at most ${MAX_BODY_BYTES} can be stored. Ask for fewer or shorter tags.`,
    );
    this.stream = stream;
  }
}

/**
 * Throws an {@link EventTooLargeError} for an event that DynamoDB would refuse.
 * Every adapter calls this first.
 */
export const refuseTooLarge = ({ stream, body }: RecordedEvent): void => {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw new EventTooLargeError(stream, bytes);
};
