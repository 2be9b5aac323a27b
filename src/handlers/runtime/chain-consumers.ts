import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

/** A handler behind the change feed that reports what must come again. */
export type FeedHandler = (batch: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/**
 * Two handlers behind one reader of the change feed, which allows only two readers. The second sees the records
 * before the first one that must come again, so nothing is handed to it twice because of the first.
 */
export const chainConsumers =
  (first: FeedHandler, second: FeedHandler): FeedHandler =>
  async ({ Records }) => {
    const response = await first({ Records });
    const [failure] = response.batchItemFailures;
    const end = failure
      ? Records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failure.itemIdentifier)
      : Records.length;
    if (end <= 0) return response;
    const later = await second({ Records: Records.slice(0, end) });
    return later.batchItemFailures.length > 0 ? later : response;
  };
