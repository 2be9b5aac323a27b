import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDB } from './paging.ts';

/**
 * The name of the state table's sparse index: key `due` (S) and `dueAt` (S, ISO 8601), keys only. An item
 * without these attributes is not in it and costs nothing there.
 */
export const DUE_INDEX = 'due';

/** An item's key in the state table, and since when it is due. */
export interface DueItem {
  readonly key: string;
  readonly dueAt: string;
}

/**
 * Up to `limit` items with one `due` key that are due at `until` or earlier, earliest first. Eventually
 * consistent, like every global secondary index.
 */
export const dueItems = async (
  client: DynamoDB,
  table: string,
  due: string,
  until: string,
  limit: number,
): Promise<DueItem[]> => {
  const items: DueItem[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: DUE_INDEX,
        KeyConditionExpression: '#due = :due AND #dueAt <= :until',
        ExpressionAttributeNames: { '#due': 'due', '#dueAt': 'dueAt' },
        ExpressionAttributeValues: marshall({ ':due': due, ':until': until }),
        Limit: limit - items.length,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { resource, dueAt } of page.Items ?? []) {
      items.push({ key: resource?.S ?? '', dueAt: dueAt?.S ?? '' });
    }
    start = page.LastEvaluatedKey;
  } while (start && items.length < limit);
  return items;
};
