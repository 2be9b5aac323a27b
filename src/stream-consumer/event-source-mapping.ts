import type { DynamoDBRecord } from 'aws-lambda';
import type { ChangeFeed } from '../embedded/change-feed.ts';
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

/** What a source gives at once. */
export interface FeedRead<Cursor> {
  /** Without what the consumer's filter keeps out; it may be empty. */
  readonly batch: FeedBatch;
  /** The record at a position of the batch, in the form in which Lambda hands it to a failure destination. */
  readonly recordAt: (position: number) => DynamoDBRecord;
  /** The cursor after all that was read. */
  readonly next: Cursor;
}

/** Where the records of a consumer come from, from its cursor on. */
export interface FeedSource<Cursor> {
  /** Reads up to `max` records from the cursor on; undefined when there are none to give now. */
  read(max: number): Promise<FeedRead<Cursor> | undefined>;
  /** Moves the cursor: what is before it does not come again. */
  commit(next: Cursor): void | Promise<void>;
}

/** How a consumer is fed: the settings of a Lambda event source mapping that matter here. */
export interface Mapping {
  /** The consumer's name, under which the feed keeps its cursor. */
  readonly name: string;
  /** Resolves to the positions to retry. */
  readonly consumer: (batch: FeedBatch) => Promise<ReadonlySet<number>>;
  /** At most this many records in a batch. */
  readonly batchSize: number;
  /** How often a record that fails alone is delivered again before it is dropped. */
  readonly maxRetries: number;
  /** Waits before such a delivery, which is the `retries`th; it follows at once when absent. */
  readonly beforeRetry?: (retries: number) => Promise<void>;
  /** The event types that pass the filter, which the source applies; all when absent. */
  readonly types?: readonly TagEvent['type'][];
  /** Takes what was given up, as a failure destination does; without an error when the consumer only reported it. */
  readonly onDropped: (records: readonly DynamoDBRecord[], error: unknown) => void;
}

/** {@link runSource} over the embedded change feed, where the mapping's name is the consumer's. */
export const runMapping = (feed: Pick<ChangeFeed, 'read' | 'commit'>, mapping: Mapping): Promise<number> =>
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
 * Delivers what a source has to a consumer, batch by batch, until it gives nothing more, in the way of Lambda with
 * `ReportBatchItemFailures` and `BisectBatchOnFunctionError` (Lambda Developer Guide, "Configuring partial batch
 * response with DynamoDB"): the lowest reported record is the checkpoint and all from it on comes again; an
 * exception, or a checkpoint that did not move, halves the batch. Returns the number of records delivered.
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

/** One invocation: how many records from the first on are done, and what went wrong with the next one. */
const invoke = async (
  { consumer }: Mapping,
  batch: FeedBatch,
  positions: readonly number[],
): Promise<{ done: number; error?: unknown }> => {
  try {
    const first = firstOf(await consumer(batch));
    if (first === undefined) return { done: positions.length };
    // A position that is not of this batch fails the whole batch: indexOf says -1, which is before all.
    return { done: Math.max(0, positions.indexOf(first)) };
  } catch (error) {
    return { done: 0, error };
  }
};
