import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { fromItem } from '../../adapters/dynamodb/ledger-item.ts';
import { tamperingOf } from '../../alerts/tampering.ts';
import { UnreadableEventError } from '../../events/recorded-event.ts';
import type { FeedBatch, FeedEvent, FeedTampering, FeedUnreadable } from './feed-batch.ts';

/**
 * Decodes DynamoDB Streams records in the SDK's form, with binary values as bytes. A record's position is its
 * index. Never throws because of a record's content: every record ends up in one of the three lists.
 */
export const decodeRecords = (records: readonly StreamRecord[]): FeedBatch => {
  const events: FeedEvent[] = [];
  const unreadable: FeedUnreadable[] = [];
  const tampered: FeedTampering[] = [];
  records.forEach((record, position) => {
    if (record.eventName !== 'INSERT') {
      tampered.push({ position, recordId: record.eventID ?? '', tampering: tamperingOf(record) });
      return;
    }
    // The keys identify an event whose image is missing.
    const { Keys, NewImage } = record.dynamodb ?? {};
    try {
      const item = { ...Keys, ...NewImage } as Record<string, AttributeValue>;
      events.push({ position, recorded: fromItem(item) });
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      unreadable.push({ position, error });
    }
  });
  return { events, unreadable, tampered };
};
