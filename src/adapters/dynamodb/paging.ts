import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { backoff } from '../../shared/backoff.ts';

/**
 * The part of the DynamoDB client that is used, so that tests, simulations and
 * the embedded AWS can replace it.
 */
export type DynamoDB = Pick<DynamoDBClient, 'send'>;

/** An item or a key in DynamoDB's own form. */
export type Item = Record<string, AttributeValue>;

/** BatchGetItem accepts at most 100 keys (DynamoDB API reference). */
const BATCH_GET_KEYS = 100;

/**
 * The items that exist under these keys, in no particular order, strongly consistent. Keys that the service
 * leaves unprocessed are requested again until none is left, which the SDK does not do by itself.
 */
export const batchGet = async (client: DynamoDB, table: string, keys: readonly Item[]): Promise<Item[]> => {
  const found: Item[] = [];
  for (let i = 0; i < keys.length; i += BATCH_GET_KEYS) {
    let left: Item[] | undefined = keys.slice(i, i + BATCH_GET_KEYS);
    for (let tries = 0; left?.length; tries++) {
      if (tries > 0) await backoff(tries);
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
      );
      found.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys;
    }
  }
  return found;
};

/** Which items a scan returns: those behind a key, those that pass a filter. */
type Selection = Partial<
  Pick<
    ScanCommandInput,
    'ExclusiveStartKey' | 'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >
>;

/**
 * Every item of a table, or those of a selection, strongly consistent. The items of one
 * partition come together, in key order.
 */
export async function* scan(client: DynamoDB, table: string, selection?: Selection): AsyncGenerator<Item> {
  for await (const items of scanPages(client, table, selection)) yield* items;
}

/** Like {@link scan}, but yields pages of up to 1 MB. */
export async function* scanPages(
  client: DynamoDB,
  table: string,
  { ExclusiveStartKey, ...selection }: Selection = {},
): AsyncGenerator<Item[]> {
  let start = ExclusiveStartKey;
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ...selection,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}
