import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, AttributeValue as FeedValue } from 'aws-lambda';
import { fromItem } from '../../adapters/dynamodb/ledger-item.ts';
import { NewerEventError, type RecordedEvent, UnreadableEventError } from '../../events/recorded-event.ts';

/** An event that the change feed brought, and where its record stands in the batch. */
export interface Arrival {
  readonly index: number;
  readonly recorded: RecordedEvent;
}

/** A batch of the change feed, read. */
export interface Batch {
  readonly arrivals: readonly Arrival[];
  /** Records that this version cannot read: see {@link mayBeUpgraded}. */
  readonly unreadable: readonly { readonly index: number; readonly error: UnreadableEventError }[];
  /** Records that say that an event was changed or removed, which nothing in tagledger does. */
  readonly tampered: readonly DynamoDBRecord[];
}

/** Reads the records of a batch. Order across records means nothing: a record is a hint that an event exists. */
export const readBatch = (records: readonly DynamoDBRecord[]): Batch => {
  const arrivals: Arrival[] = [];
  const unreadable: { index: number; error: UnreadableEventError }[] = [];
  const tampered: DynamoDBRecord[] = [];
  records.forEach((record, index) => {
    if (record.eventName !== 'INSERT') {
      tampered.push(record);
      return;
    }
    // Its keys name an event whose image is missing.
    const { Keys, NewImage } = record.dynamodb ?? {};
    try {
      arrivals.push({ index, recorded: fromItem(itemOf({ ...Keys, ...NewImage })) });
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      unreadable.push({ index, error });
    }
  });
  return { arrivals, unreadable, tampered };
};

/** A deployment has reached all functions by then. */
const HOLD_MS = 15 * 60_000;

/**
 * Whether what failed with this error should come again, although this version can never read the event: a newer one
 * wrote it a moment ago, so this one is probably about to be replaced. Later on it must not hold up the change feed, and
 * is dealt with as damage is: a version that was rolled back would tag nothing any more.
 */
export const mayBeUpgraded = (error: unknown, now: Date): boolean =>
  error instanceof NewerEventError && now.getTime() - Date.parse(error.recordedAt ?? '') < HOLD_MS;

/**
 * The answer that makes Lambda deliver again from the first failed record on. The lowest sequence number that is
 * reported is the checkpoint (Lambda Developer Guide, "Configuring partial batch response with DynamoDB"), so
 * one is enough; a record without its number fails the whole batch, as an empty identifier does there.
 */
export const batchResponse = (
  records: readonly DynamoDBRecord[],
  failed: Iterable<number>,
): DynamoDBBatchResponse => {
  const first = Math.min(...failed);
  if (first === Number.POSITIVE_INFINITY) return { batchItemFailures: [] };
  return { batchItemFailures: [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? '' }] };
};

/** Lambda hands binary values over as base64 text, the SDK as bytes. */
const itemOf = (image: Readonly<Record<string, FeedValue>>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(image).map(([name, value]) => [
      name,
      typeof value.B === 'string' ? { B: Buffer.from(value.B, 'base64') } : (value as AttributeValue),
    ]),
  );
