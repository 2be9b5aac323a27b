import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Item } from '../adapters/dynamodb/paging.ts';
import { imageOf } from '../handlers/runtime/feed-record.ts';

/**
 * A record of the Streams API in the form in which Lambda hands it over (Lambda Developer Guide, "Process Amazon
 * DynamoDB records with Lambda"): binary values are base64 text, and the time is in seconds.
 */
export const lambdaRecord = (record: StreamRecord, eventSourceARN: string): DynamoDBRecord => {
  const { ApproximateCreationDateTime: at, Keys, NewImage, OldImage, ...rest } = record.dynamodb ?? {};
  return {
    ...(record.eventID && { eventID: record.eventID }),
    ...(record.eventName && { eventName: record.eventName }),
    ...(record.eventVersion && { eventVersion: record.eventVersion }),
    ...(record.awsRegion && { awsRegion: record.awsRegion }),
    eventSource: 'aws:dynamodb',
    eventSourceARN,
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
