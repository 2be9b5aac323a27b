import type { DynamoDBRecord } from 'aws-lambda';

/** Lambda's record of a batch of the change feed that a function gave up, as a queue gets it; times as `12:00:05`. */
export const batchMessage = (
  name: string,
  first: string,
  last = first,
  over: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    requestContext: {
      requestId: '316aa6d0-8154-4d2c-9af7-85d5f4a6bc81',
      functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-04-01T13:00:00.717Z',
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001573689847184-864758bb',
      startSequenceNumber: '800000000003126276362',
      endSequenceNumber: '800000000003126276362',
      approximateArrivalOfFirstRecord: `2026-04-01T${first}Z`,
      approximateArrivalOfLastRecord: `2026-04-01T${last}Z`,
      batchSize: 1,
      streamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/ledger/stream/2026-01-01T00:00:00.000',
    },
    ...over,
  });

/** The same as a bucket gets it: with the records, as an escaped text. */
export const batchObject = (name: string, records: readonly DynamoDBRecord[]): string =>
  batchMessage(name, '12:00:00', '12:00:00', { payload: JSON.stringify({ Records: records }) });

/** Lambda's record of an asynchronous invocation that failed. */
export const invocationMessage = (requestPayload: unknown, requestId = 'invocation-1'): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: '2026-04-01T12:00:05.568Z',
    requestContext: {
      requestId,
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:tagledger-request:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'Process exited before completing request' },
  });
