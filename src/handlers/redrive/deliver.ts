import type { DynamoDBRecord } from 'aws-lambda';
import type { FeedHandler } from '../runtime/chain-consumers.ts';

/** After so many failed records the others are not tried: it is no single record's fault. */
const MOST_FAILED = 10;

/**
 * Delivers a batch, and again what stands behind a record that failed, so that one bad record does not keep those
 * after it waiting. Gives the records that failed or were not tried. Rejects when the handler does.
 */
export const deliverEach = async (
  handler: FeedHandler,
  records: readonly DynamoDBRecord[],
): Promise<DynamoDBRecord[]> => {
  const failed: DynamoDBRecord[] = [];
  let rest = records;
  while (rest.length > 0) {
    const {
      batchItemFailures: [failure],
    } = await handler({ Records: [...rest] });
    if (!failure) return failed;
    const index = rest.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failure.itemIdentifier);
    // An identifier that is not of the batch fails all of it, as in Lambda.
    if (index < 0) return [...failed, ...rest];
    failed.push(rest[index] as DynamoDBRecord);
    rest = rest.slice(index + 1);
    if (failed.length === MOST_FAILED) return [...failed, ...rest];
  }
  return failed;
};
