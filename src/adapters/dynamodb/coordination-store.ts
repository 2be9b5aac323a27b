import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type CoordinationStore,
  kindOfName,
  type Memo,
  type StoredMemo,
} from '../../coordination/coordination-store.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { dueItems } from './due-index.ts';
import { batchGet, type DynamoDB, type Item } from './paging.ts';

/**
 * A {@link CoordinationStore} in the state table: the memo's key is in the attribute that contains the
 * ARN in a row. `expires` is the table's time-to-live attribute, in seconds since the epoch; DynamoDB
 * removes expired items within days.
 */
export const dynamodbCoordinationStore = (client: DynamoDB, table: string): CoordinationStore => {
  const get = async (keys: readonly string[]): Promise<StoredMemo[]> =>
    (
      await batchGet(
        client,
        table,
        [...new Set(keys)].map((key) => marshall({ resource: key })),
      )
    ).map(fromItem);

  return {
    get,

    async swap(memo, seen) {
      const stored: StoredMemo = { ...memo, version: (seen?.version ?? 0) + 1 };
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(stored),
            ...(seen
              ? {
                  ConditionExpression: '#version = :seen',
                  ExpressionAttributeNames: { '#version': 'version' },
                  ExpressionAttributeValues: marshall({ ':seen': seen.version }),
                }
              : {
                  ConditionExpression: 'attribute_not_exists(#resource)',
                  ExpressionAttributeNames: { '#resource': 'resource' },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK retries a write whose reply was lost, and the retry then
        // conflicts with its own first write.
        const [there] = await get([memo.key]);
        return there?.version === stored.version && canonicalJson(there.value) === canonicalJson(memo.value);
      }
    },

    async due(kind, until, limit) {
      return (await dueItems(client, table, dueKey(kind), until, limit)).map(({ key }) => key);
    },
  };
};

const dueKey = (kind: string): string => `memo/${kind}`;

const toItem = ({ key, value, version, expiresAt, dueAt }: StoredMemo): Item =>
  marshall({
    resource: key,
    memo: canonicalJson(value),
    version,
    ...(expiresAt && { expires: Math.ceil(expiresAt.getTime() / 1000) }),
    ...(dueAt && { due: dueKey(kindOfName(key)), dueAt }),
  });

interface Stored {
  readonly resource: string;
  readonly memo: string;
  readonly version: number;
  readonly expires?: number;
  readonly dueAt?: string;
}

const fromItem = (item: Item): StoredMemo => {
  const { resource, memo, version, expires, dueAt } = unmarshall(item) as Stored;
  return {
    key: resource,
    value: JSON.parse(memo) as Memo['value'],
    version,
    ...(expires !== undefined && { expiresAt: new Date(expires * 1000) }),
    ...(dueAt && { dueAt }),
  };
};
