import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  AttributeValue as LambdaValue,
} from 'aws-lambda';
import { decodeRecords } from './decode-records.ts';
import { type FeedBatch, type FeedConsumer, firstOf } from './feed-batch.ts';

/** Decodes a batch of the change feed in Lambda's form. A record's position is its index. */
export const fromLambda = ({ Records }: DynamoDBStreamEvent): FeedBatch =>
  decodeRecords(Records.map(streamRecordOf));

/**
 * Builds the response that makes Lambda redeliver from the first position to retry. Lambda resumes at the
 * lowest sequence number reported (Lambda Developer Guide, "Configuring partial batch response with
 * DynamoDB"), so one is enough. A record without a sequence number fails the whole batch, because Lambda
 * reads an empty identifier that way.
 */
export const toResponse = (
  { Records: records }: DynamoDBStreamEvent,
  retry: ReadonlySet<number>,
): DynamoDBBatchResponse => {
  const first = firstOf(retry);
  if (first === undefined) return { batchItemFailures: [] };
  return { batchItemFailures: [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? '' }] };
};

/** Wraps a consumer as a Lambda function behind the change feed. `remainingMs` is Lambda's remaining time. */
export const lambdaFeed =
  (consumer: FeedConsumer) =>
  async (event: DynamoDBStreamEvent, remainingMs: () => number): Promise<DynamoDBBatchResponse> =>
    toResponse(event, await consumer(fromLambda(event), { remainingMs }));

/** Converts a record to the SDK's form. Lambda encodes binary values as base64 text and times in seconds. */
const streamRecordOf = ({ eventID, eventName, dynamodb, userIdentity }: DynamoDBRecord): StreamRecord => {
  const { ApproximateCreationDateTime: seconds, Keys, NewImage, OldImage } = dynamodb ?? {};
  const principal: unknown = userIdentity?.principalId ?? userIdentity?.PrincipalId;
  return {
    eventID,
    eventName,
    ...(typeof principal === 'string' && { userIdentity: { PrincipalId: principal } }),
    dynamodb: {
      ...(typeof seconds === 'number' && { ApproximateCreationDateTime: new Date(seconds * 1000) }),
      Keys: imageOf(Keys),
      NewImage: imageOf(NewImage),
      OldImage: imageOf(OldImage),
    },
  } as StreamRecord;
};

type Image = NonNullable<NonNullable<StreamRecord['dynamodb']>['NewImage']>;

const imageOf = (image: Readonly<Record<string, LambdaValue>> | undefined): Image | undefined =>
  image &&
  (Object.fromEntries(
    Object.entries(image).map(([name, value]) => [
      name,
      typeof value.B === 'string' ? { B: Buffer.from(value.B, 'base64') } : value,
    ]),
  ) as Image);
