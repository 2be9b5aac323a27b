import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { canonicalJson } from '../events/canonical-json.ts';
import { batchGet, type DynamoDB, type Item, scan } from '../events/dynamodb.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { dueItems } from './due-index.ts';
import { dueOf, rowOf, type StateRow, type Waiting } from './state-row.ts';
import type { StateStore } from './state-store.ts';

/**
 * A {@link StateStore} in one DynamoDB table with the key `resource` (S, the ARN). `state` holds the resource as
 * canonical JSON, so the same ledger gives the same bytes, without `lastSeq`, which conditions need as an
 * attribute: said once, it leaves room for a typical row in the 1 KB of one write unit. Only rows that wait have
 * `due` and `dueAt`, the key of the index by which they are found. Other things in the table are left alone.
 */
export const dynamodbStateStore = (client: DynamoDB, table: string): StateStore => ({
  async save(row) {
    const {
      arn,
      status,
      resource: { lastSeq, ...state },
    } = row;
    const due = dueOf(row);
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({
            resource: arn,
            status,
            lastSeq,
            state: canonicalJson(state),
            ...(due && { due: dueKey(due.status, shardOf(arn)), dueAt: due.at }),
          }),
          ConditionExpression: 'attribute_not_exists(#resource) OR lastSeq < :lastSeq',
          ExpressionAttributeNames: { '#resource': 'resource' },
          ExpressionAttributeValues: marshall({ ':lastSeq': lastSeq }),
        }),
      );
    } catch (error) {
      // Somebody saved the same or a later state first, which is what the contract asks for.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },

  async get(arns) {
    return (
      await batchGet(
        client,
        table,
        arns.map((arn) => marshall({ resource: arn })),
      )
    ).map(fromItem);
  },

  async due(status, until, limit) {
    const shards = await Promise.all(
      SHARDS.map((shard) => dueItems(client, table, dueKey(status, shard), until, limit)),
    );
    return shards
      .flat()
      .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
      .slice(0, limit)
      .map(({ key }) => key as ResourceArn);
  },

  async *list() {
    for await (const item of scan(client, table)) if (isRow(item)) yield fromItem(item);
  },
});

/** Waiting rows are spread over several keys of the index, each of which takes 1,000 writes a second. */
const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Ids end in a random digit. */
const shardOf = (arn: ResourceArn): number => arn.charCodeAt(arn.length - 1) % SHARDS.length;

const dueKey = (status: Waiting, shard: number): string => `${status}/${shard}`;

/** Rows stand under ARNs; memos, which live in the same table, do not. */
const isRow = ({ resource }: Item): boolean => resource?.S?.startsWith('arn:') === true;

interface Stored {
  readonly resource: ResourceArn;
  readonly lastSeq: number;
  readonly state: string;
}

const fromItem = (item: Item): StateRow => {
  const { resource, lastSeq, state } = unmarshall(item) as Stored;
  return rowOf(resource, { ...(JSON.parse(state) as Omit<Resource, 'lastSeq'>), lastSeq });
};
