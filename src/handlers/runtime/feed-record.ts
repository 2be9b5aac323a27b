import type { DynamoDBRecord } from 'aws-lambda';
import { keyOf, toItem } from '../../adapters/dynamodb/ledger-item.ts';
import type { Item } from '../../adapters/dynamodb/paging.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { TagEvent } from '../../events/tag-event.ts';

/** The event types that `apply` acts on: its mapping delivers these records and no others. */
export const APPLIED_TYPES: readonly TagEvent['type'][] = ['TagRequested', 'TagObserved'];

/**
 * The record that the change feed has of an appended event, in the form in which Lambda hands it over (Lambda
 * Developer Guide, "Process Amazon DynamoDB records with Lambda"). `position` makes the sequence number, by which a
 * handler reports it; within a batch it must be another one for each record.
 */
export const feedRecord = (recorded: RecordedEvent, position: number): DynamoDBRecord => ({
  eventID: String(position),
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  eventVersion: '1.1',
  dynamodb: {
    Keys: imageOf(keyOf(recorded)),
    NewImage: imageOf(toItem(recorded)),
    SequenceNumber: String(position).padStart(21, '0'),
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
