import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type EventStore, refuseTooLarge, SeqConflictError } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { columnsIn, fromItem, keyOf, toItem } from './ledger-item.ts';
import { batchGet, type DynamoDB, type Item, scan, scanPages } from './paging.ts';

/**
 * An {@link EventStore} in one DynamoDB table with the key (`stream` S, `seq` N). An append is one
 * conditional PutItem. A lost race costs no further read if the service returns the winning item (`ALL_OLD`).
 */
export const dynamodbStore = (client: DynamoDB, table: string): EventStore => {
  const winnerOf = async (event: RecordedEvent, failure: ConditionalCheckFailedException) => {
    if (failure.Item) return fromItem(failure.Item);
    // Some servers ignore ReturnValuesOnConditionCheckFailure: read the item.
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(event), ConsistentRead: true }),
    );
    return Item && fromItem(Item);
  };

  return {
    async append(event) {
      refuseTooLarge(event);
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(event),
            ConditionExpression: 'attribute_not_exists(#stream)',
            ExpressionAttributeNames: { '#stream': 'stream' },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { event, fresh: true };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const winner = await winnerOf(event, error);
        if (winner?.event.eventId !== event.event.eventId)
          throw new SeqConflictError(event, { cause: error });
        // Only this call can have written the same bytes: the SDK retried a PutItem whose reply was lost.
        return { event: winner, fresh: winner.hash === event.hash };
      }
    },

    async read(stream) {
      const events: RecordedEvent[] = [];
      let start: Item | undefined;
      do {
        const page: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#stream = :stream',
            ExpressionAttributeNames: { '#stream': 'stream' },
            ExpressionAttributeValues: { ':stream': { S: stream } },
            ConsistentRead: true,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        events.push(...(page.Items ?? []).map(fromItem));
        start = page.LastEvaluatedKey;
      } while (start);
      return events;
    },

    async find(places) {
      // BatchGetItem refuses duplicate keys.
      const distinct = new Map(places.map((place) => [`${place.seq} ${place.stream}`, keyOf(place)]));
      return (await batchGet(client, table, [...distinct.values()])).map(fromItem);
    },

    async *readAll(after) {
      // A key behind all events of the stream, including those appended in the meantime.
      const ExclusiveStartKey = after && keyOf({ stream: after, seq: Number.MAX_SAFE_INTEGER });
      for await (const item of scan(client, table, { ExclusiveStartKey })) yield fromItem(item);
    },

    async *columns() {
      for await (const items of scanPages(client, table)) yield items.map(columnsIn);
    },

    async *recordedBetween(from, to) {
      const items = scan(client, table, {
        FilterExpression: '#recordedAt BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#recordedAt': 'recordedAt' },
        ExpressionAttributeValues: { ':from': { S: from }, ':to': { S: to } },
      });
      for await (const item of items) yield fromItem(item);
    },
  };
};
