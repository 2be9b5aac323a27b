import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { keyOf, toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import type { Item } from '../../src/adapters/dynamodb/paging.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';

/** The sequence number of the record at this index of a batch. */
export const sequenceNumber = (index: number): string => `1${String(index).padStart(20, '0')}`;

/** The record that DynamoDB Streams makes of an appended event, as Lambda hands it over: JSON, binary as base64. */
export const lambdaRecord = (recorded: RecordedEvent, index = 0): DynamoDBRecord => ({
  eventID: `record ${index}`,
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  eventVersion: '1.1',
  awsRegion: 'eu-west-1',
  dynamodb: {
    Keys: imageOf(keyOf(recorded)),
    NewImage: imageOf(toItem(recorded)),
    SequenceNumber: sequenceNumber(index),
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
});

/** A batch of these events, numbered in this order. */
export const lambdaEventOf = (events: readonly RecordedEvent[]): DynamoDBStreamEvent => ({
  Records: events.map((event, index) => lambdaRecord(event, index)),
});

/** A record whose event no version of tagledger wrote; `NewImage` replaces its image. */
export const unreadableRecord = (
  recorded: RecordedEvent,
  index: number,
  NewImage: Record<string, unknown> = {},
): DynamoDBRecord => {
  const record = lambdaRecord(recorded, index);
  const body = { S: recorded.body.replace(/"schemaVersion":\d/, '"schemaVersion":9') };
  const image = { ...record.dynamodb?.NewImage, body, ...NewImage };
  return { ...record, dynamodb: { ...record.dynamodb, NewImage: image as Image } };
};

/** The record of an event that was changed into another one, or removed. */
export const tamperedRecord = (before: RecordedEvent, after?: RecordedEvent, index = 0): DynamoDBRecord => ({
  ...lambdaRecord(before, index),
  eventName: after ? 'MODIFY' : 'REMOVE',
  dynamodb: {
    ApproximateCreationDateTime: Date.parse('2026-03-31T20:00:05.000Z') / 1000,
    Keys: imageOf(keyOf(before)),
    OldImage: imageOf(toItem(before)),
    ...(after && { NewImage: imageOf(toItem(after)) }),
    SequenceNumber: sequenceNumber(index),
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
});

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** An item as Lambda hands it over: binary values as base64 text. */
export const imageOf = (item: Item): Image =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value.B ? { B: Buffer.from(value.B).toString('base64') } : value,
    ]),
  ) as Image;
