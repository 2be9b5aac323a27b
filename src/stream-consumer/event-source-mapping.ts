import type { DynamoDBRecord } from 'aws-lambda';
import type { TagEvent } from '../events/tag-event.ts';
import {
  batchOfEvents,
  before,
  type FeedBatch,
  type FeedEvent,
  firstOf,
  positionsOf,
  startingAt,
} from '../handlers/runtime/feed-batch.ts';
import { insertRecord } from './dead-letter-record.ts';

/** The result of one read from a source. */
interface FeedRead<Cursor> {
  /** The records that pass the consumer's filter; it can be empty. */
  readonly batch: FeedBatch;
  /**
   * Returns the record at a position of the batch, in the form in which Lambda sends it to a failure
   * destination.
   */
  readonly recordAt: (position: number) => DynamoDBRecord;
  /** The cursor after everything that was read. */
  readonly next: Cursor;
}

/** The source of a consumer's records, starting at its cursor. */
export interface FeedSource<Cursor> {
  /** Reads up to `max` records from the cursor on. Resolves to undefined if there are none now. */
  read(max: number): Promise<FeedRead<Cursor> | undefined>;
  /** Moves the cursor. Records before it are not delivered again. */
  commit(next: Cursor): void | Promise<void>;
}

/** The settings of a Lambda event source mapping that matter here. */
export interface Mapping {
  /** The consumer's name, under which the feed keeps its cursor. */
  readonly name: string;
  /** Resolves to the positions to retry. */
  readonly consumer: (batch: FeedBatch) => Promise<ReadonlySet<number>>;
  /** The most records in a batch. */
  readonly batchSize: number;
  /** How often a record that fails alone is redelivered before it is dropped. */
  readonly maxRetries: number;
  /** Waits before redelivery number `retries`. Without it, redelivery is immediate. */
  readonly beforeRetry?: (retries: number) => Promise<void>;
  /** The event types that pass the filter, which the source applies; all types by default. */
  readonly types?: readonly TagEvent['type'][];
  /**
   * Receives dropped records, as a failure destination does. `error` is undefined if the consumer only
   * reported the failure.
   */
  readonly onDropped: (records: readonly DynamoDBRecord[], error: unknown) => void;
}

/** A change feed that keeps a cursor for each consumer, as the embedded one does. */
export interface CursoredFeed {
  /** The events after the consumer's cursor, from up to `max` places; undefined when there are none. */
  read(consumer: string, max: number): Promise<{ entries: FeedEvent[]; next: number } | undefined>;
  commit(consumer: string, next: number): void;
}

/** Runs {@link runSource} on the embedded change feed. The mapping's name is the consumer's name. */
export const runMapping = (feed: CursoredFeed, mapping: Mapping): Promise<number> =>
  runSource(
    {
      read: async (max) => {
        const read = await feed.read(mapping.name, max);
        return read && { ...readOf(read.entries.filter(passes(mapping))), next: read.next };
      },
      commit: (next) => feed.commit(mapping.name, next),
    },
    mapping,
  );

const passes =
  ({ types }: Mapping) =>
  ({ recorded }: FeedEvent): boolean =>
    types === undefined || types.includes(recorded.event.type);

const readOf = (events: readonly FeedEvent[]): Omit<FeedRead<never>, 'next'> => {
  const recordAt = (position: number) => {
    const found = events.find((one) => one.position === position);
    if (!found) throw new Error(`no record stands at the position ${position} of the batch`);
    return insertRecord(found);
  };
  return { batch: batchOfEvents(events), recordAt };
};

/**
 * Delivers a source's records to a consumer, batch by batch, until the source has no more. It works like
 * Lambda with `ReportBatchItemFailures` and `BisectBatchOnFunctionError` (Lambda Developer Guide,
 * "Configuring partial batch response with DynamoDB"): delivery resumes at the lowest reported record, and an
 * exception, or a response without progress, splits the batch in half. Returns the number of records
 * delivered.
 */
export const runSource = async <Cursor>(source: FeedSource<Cursor>, mapping: Mapping): Promise<number> => {
  let delivered = 0;
  for (;;) {
    const read = await source.read(mapping.batchSize);
    if (!read) return delivered;
    await deliver(mapping, read.batch, read.recordAt);
    await source.commit(read.next);
    delivered += positionsOf(read.batch).length;
  }
};

const deliver = async (
  mapping: Mapping,
  batch: FeedBatch,
  recordAt: FeedRead<unknown>['recordAt'],
): Promise<void> => {
  let rest = batch;
  let retries = 0;
  for (let positions = positionsOf(rest); positions.length > 0; positions = positionsOf(rest)) {
    const { done, error } = await invoke(mapping, rest, positions);
    const next = positions[done];
    if (next === undefined) return;
    if (done > 0) {
      rest = startingAt(rest, next);
      retries = 0;
    } else if (positions.length > 1) {
      const middle = positions[Math.ceil(positions.length / 2)] as number;
      await deliver(mapping, before(rest, middle), recordAt);
      rest = startingAt(rest, middle);
      retries = 0;
    } else if (retries === mapping.maxRetries) {
      return mapping.onDropped([recordAt(next)], error);
    } else {
      retries++;
      await mapping.beforeRetry?.(retries);
    }
  }
};

/**
 * Invokes the consumer once. `done` is the number of leading records that succeeded; `error` is the
 * exception, if there was one.
 */
const invoke = async (
  { consumer }: Mapping,
  batch: FeedBatch,
  positions: readonly number[],
): Promise<{ done: number; error?: unknown }> => {
  try {
    const first = firstOf(await consumer(batch));
    if (first === undefined) return { done: positions.length };
    // A position outside this batch fails the whole batch: indexOf returns -1.
    return { done: Math.max(0, positions.indexOf(first)) };
  } catch (error) {
    return { done: 0, error };
  }
};
