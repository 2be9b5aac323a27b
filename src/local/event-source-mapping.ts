import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { TagEvent } from '../events/tag-event.ts';
import { feedRecord } from '../handlers/feed-record.ts';
import type { ChangeFeed } from './change-feed.ts';

/** How a consumer is fed: the settings of a Lambda event source mapping that matter here. */
export interface Mapping {
  /** The consumer's name, under which the feed keeps its cursor. */
  readonly name: string;
  readonly handler: (batch: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
  /** At most this many records in a batch. */
  readonly batchSize: number;
  /** How often a record that fails alone is delivered again before it is dropped. */
  readonly maxRetries: number;
  /** The event types that pass the filter; all when absent. */
  readonly types?: readonly TagEvent['type'][];
  /** Takes what was given up, as a failure destination does; without an error when the handler only reported it. */
  readonly onDropped: (records: readonly DynamoDBRecord[], error: unknown) => void;
}

/**
 * Delivers what is in the feed to a consumer, batch by batch, until nothing is left, in the way of Lambda with
 * `ReportBatchItemFailures` and `BisectBatchOnFunctionError` (Lambda Developer Guide, "Configuring partial batch
 * response with DynamoDB"): the lowest reported record is the checkpoint and all from it on comes again; an
 * exception, or a checkpoint that did not move, halves the batch. Returns the number of records delivered.
 */
export const runMapping = async (feed: ChangeFeed, mapping: Mapping): Promise<number> => {
  let delivered = 0;
  for (;;) {
    const read = await feed.read(mapping.name, mapping.batchSize);
    if (!read) return delivered;
    const records = read.entries
      .filter(({ recorded }) => mapping.types?.includes(recorded.event.type) ?? true)
      .map(({ position, recorded }) => feedRecord(recorded, position));
    if (records.length > 0) await deliver(mapping, records);
    feed.commit(mapping.name, read.next);
    delivered += records.length;
  }
};

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
