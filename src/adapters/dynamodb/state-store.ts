import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, NumberValueImpl, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Resource } from '../../events/resource.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { rowOf, type StateRow } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { dueKey, SHARDS, type StoredRow, storedOf } from '../../projections/stored-row.ts';
import { dueItems } from './due-index.ts';
import { batchGet, type DynamoDB, type Item, scan } from './paging.ts';

/**
 * A {@link StateStore} in one DynamoDB table with the key `resource` (S, the ARN); `storedOf` defines the
 * content of an item. Other items in the table are left alone.
 */
export const dynamodbStateStore = (client: DynamoDB, table: string): StateStore => {
  const put = (row: StateRow, condition: Condition): Promise<boolean> =>
    ifCondition(
      client.send(new PutItemCommand({ TableName: table, Item: marshall(storedOf(row)), ...condition })),
    );
  const itemsOf = (arns: readonly string[]): Promise<Item[]> =>
    batchGet(
      client,
      table,
      arns.map((arn) => marshall({ resource: arn })),
    );
  async function* items(after?: ResourceArn): AsyncGenerator<Item> {
    const behind = after ? { ExclusiveStartKey: marshall({ resource: after }) } : {};
    for await (const item of scan(client, table, behind)) if (isRow(item)) yield item;
  }

  return {
    async save(row) {
      // False means that the same or a later state is already stored, which the contract allows.
      await put(row, {
        ConditionExpression: 'attribute_not_exists(#resource) OR lastSeq < :lastSeq',
        ExpressionAttributeNames: { '#resource': 'resource' },
        ExpressionAttributeValues: marshall({ ':lastSeq': row.resource.lastSeq }),
      });
    },

    async get(arns) {
      return (await itemsOf(arns)).map(fromItem);
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

    async *list(after) {
      for await (const item of items(after)) yield fromItem(item);
    },

    async stored(arns) {
      return (await itemsOf(arns)).map(asStored);
    },

    async *listStored() {
      for await (const item of items()) yield asStored(item);
    },

    replace: (row, seen) => put(row, asSeen(seen)),

    remove: (seen) =>
      ifCondition(
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: marshall({ resource: seen.resource }),
            ...asSeen(seen),
          }),
        ),
      ),
  };
};

type Condition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * Holds while the row is unchanged since it was seen, because every save changes `lastSeq`. A row that
 * was edited by hand may lack it.
 */
const asSeen = (seen: StoredRow | undefined): Condition => {
  const names = { ExpressionAttributeNames: { '#resource': 'resource' } };
  if (!seen) return { ConditionExpression: 'attribute_not_exists(#resource)', ...names };
  if (seen.lastSeq === undefined) {
    return {
      ConditionExpression: 'attribute_exists(#resource) AND attribute_not_exists(lastSeq)',
      ...names,
    };
  }
  return {
    ConditionExpression: 'lastSeq = :seen',
    ExpressionAttributeValues: marshall({ ':seen': seen.lastSeq }),
  };
};

/** Whether a conditional write succeeded. */
const ifCondition = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return false;
  }
};

/** Rows have ARNs as keys; memos, which are in the same table, do not. */
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

/** Keeps a number that JavaScript cannot represent exactly as it is, because a condition must contain it. */
const asStored = (item: Item): StoredRow =>
  unmarshall(item, {
    wrapNumbers: (text) => (String(Number(text)) === text ? Number(text) : new NumberValueImpl(text)),
  }) as StoredRow;
