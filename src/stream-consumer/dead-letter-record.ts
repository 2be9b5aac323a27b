import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { keyOf, toItem } from '../adapters/dynamodb/ledger-item.ts';
import type { Item } from '../adapters/dynamodb/paging.ts';
import type { FeedEvent } from '../handlers/runtime/feed-batch.ts';

/**
 * Converts a Streams API record to the form in which Lambda sends it to a failure destination (Lambda
 * Developer Guide, "Process Amazon DynamoDB records with Lambda"): binary values are base64 text, and the
 * time is in seconds.
 */
export const deadLetterRecord = (record: StreamRecord, eventSourceARN?: string): DynamoDBRecord => {
  const { ApproximateCreationDateTime: at, Keys, NewImage, OldImage, ...rest } = record.dynamodb ?? {};
  const { PrincipalId: principalId } = record.userIdentity ?? {};
  return {
    ...(record.eventID && { eventID: record.eventID }),
    ...(record.eventName && { eventName: record.eventName }),
    ...(record.eventVersion && { eventVersion: record.eventVersion }),
    ...(record.awsRegion && { awsRegion: record.awsRegion }),
    ...(principalId && { userIdentity: { principalId } }),
    eventSource: 'aws:dynamodb',
    ...(eventSourceARN && { eventSourceARN }),
    dynamodb: {
      ...(at && { ApproximateCreationDateTime: Math.floor(at.getTime() / 1000) }),
      ...(Keys && { Keys: imageOf(Keys as Item) }),
      ...(NewImage && { NewImage: imageOf(NewImage as Item) }),
      ...(OldImage && { OldImage: imageOf(OldImage as Item) }),
      ...(rest.SequenceNumber && { SequenceNumber: rest.SequenceNumber }),
      ...(rest.SizeBytes !== undefined && { SizeBytes: rest.SizeBytes }),
      ...(rest.StreamViewType && { StreamViewType: rest.StreamViewType }),
    },
  };
};

/**
 * Builds such a record for an event of the embedded change feed. Its position becomes the sequence number.
 */
export const insertRecord = ({ position, recorded }: FeedEvent): DynamoDBRecord =>
  deadLetterRecord({
    eventID: String(position),
    eventName: 'INSERT',
    eventVersion: '1.1',
    dynamodb: {
      Keys: keyOf(recorded),
      NewImage: toItem(recorded),
      SequenceNumber: String(position).padStart(21, '0'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    } as NonNullable<StreamRecord['dynamodb']>,
  });

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

const imageOf = (item: Item): Image =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value.B ? { B: Buffer.from(value.B).toString('base64') } : value,
    ]),
  ) as Image;
