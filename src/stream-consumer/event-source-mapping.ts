import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { ChangeFeed } from '../embedded/change-feed.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { feedRecord } from '../handlers/runtime/feed-record.ts';

/** Where the records of a consumer come from, from its cursor on. */
export interface RecordSource<Cursor> {
  /** Up to `max` records from the cursor on, and the cursor after them; undefined when there are none to give now. */
  read(
    max: number,
  ): Promise<{ readonly records: readonly DynamoDBRecord[]; readonly next: Cursor } | undefined>;
  /** Moves the cursor: what is before it does not come again. */
  commit(next: Cursor): void | Promise<void>;
}

/** How a consumer is fed: the settings of a Lambda event source mapping that matter here. */
export interface Mapping {
  /** The consumer's name, under which the feed keeps its cursor. */
  readonly name: string;
  readonly handler: (batch: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
  /** At most this many records in a batch. */
  readonly batchSize: number;
  /** How often a record that fails alone is delivered again before it is dropped. */
  readonly maxRetries: number;
  /** Waits before such a delivery, which is the `retries`th; it follows at once when absent. */
  readonly beforeRetry?: (retries: number) => Promise<void>;
  /** The event types that pass the filter; all when absent. */
  readonly types?: readonly TagEvent['type'][];
  /** Takes what was given up, as a failure destination does; without an error when the handler only reported it. */
  readonly onDropped: (records: readonly DynamoDBRecord[], error: unknown) => void;
}

/** {@link runSource} over the embedded change feed, where the mapping's name is the consumer's. */
export const runMapping = (feed: Pick<ChangeFeed, 'read' | 'commit'>, mapping: Mapping): Promise<number> =>
  runSource(
    {
      read: async (max) => {
        const read = await feed.read(mapping.name, max);
        return (
          read && {
            records: read.entries.map(({ recorded, position }) => feedRecord(recorded, position)),
            next: read.next,
          }
        );
      },
      commit: (next) => feed.commit(mapping.name, next),
    },
    mapping,
  );

/**
 * Delivers what a source has to a consumer, batch by batch, until it gives nothing more, in the way of Lambda with
 * `ReportBatchItemFailures` and `BisectBatchOnFunctionError` (Lambda Developer Guide, "Configuring partial batch
 * response with DynamoDB"): the lowest reported record is the checkpoint and all from it on comes again; an
 * exception, or a checkpoint that did not move, halves the batch. Returns the number of records delivered.
 */
export const runSource = async <Cursor>(source: RecordSource<Cursor>, mapping: Mapping): Promise<number> => {
  let delivered = 0;
  for (;;) {
    const read = await source.read(mapping.batchSize);
    if (!read) return delivered;
    const records = read.records.filter((record) => passes(mapping, record));
    if (records.length > 0) await deliver(mapping, records);
    await source.commit(read.next);
    delivered += records.length;
  }
};

/** As the filter pattern `{"dynamodb":{"NewImage":{"type":{"S":[...]}}}}` does: what has no new image does not pass one. */
const passes = ({ types }: Mapping, { dynamodb }: DynamoDBRecord): boolean =>
  types === undefined || types.some((type) => type === dynamodb?.NewImage?.type?.S);

const deliver = async (mapping: Mapping, batch: readonly DynamoDBRecord[]): Promise<void> => {
  let records = batch;
  let retries = 0;
  for (;;) {
    const { done, error } = await invoke(mapping, records);
    if (done === records.length) return;
    if (done > 0) {
      records = records.slice(done);
      retries = 0;
    } else if (records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      await deliver(mapping, records.slice(0, middle));
      return deliver(mapping, records.slice(middle));
    } else if (retries === mapping.maxRetries) {
      return mapping.onDropped(records, error);
    } else {
      retries++;
      await mapping.beforeRetry?.(retries);
    }
  }
};

/** One invocation: how many records from the first on are done, and what went wrong with the next one. */
const invoke = async (
  { handler }: Mapping,
  records: readonly DynamoDBRecord[],
): Promise<{ done: number; error?: unknown }> => {
  try {
    // Through JSON, as between Lambda and a function: what would not survive that must not work here.
    const event = JSON.parse(JSON.stringify({ Records: records })) as DynamoDBStreamEvent;
    const failures = (await handler(event)).batchItemFailures.map(({ itemIdentifier }) =>
      records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
    );
    // An identifier that is not of this batch fails the whole batch: findIndex says -1, which is before all.
    return { done: failures.length > 0 ? Math.max(0, Math.min(...failures)) : records.length };
  } catch (error) {
    return { done: 0, error };
  }
};
