import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { canonicalJson } from '../events/canonical-json.ts';
import { batchGet, type DynamoDB, type Item, scan } from '../events/dynamodb.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { rowOf, type StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';

/**
 * A {@link StateStore} in one DynamoDB table with the key `resource` (S, the ARN). `state` holds the resource as
 * canonical JSON, so the same ledger gives the same bytes, without `lastSeq`, which conditions need as an
 * attribute: said once, it leaves room for a typical row in the 1 KB of one write unit.
 */
export const dynamodbStateStore = (client: DynamoDB, table: string): StateStore => ({
  async save({ arn, status, resource: { lastSeq, ...state } }) {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall({
            resource: arn,
            status,
            lastSeq,
            state: canonicalJson(state),
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

  async *list() {
    for await (const item of scan(client, table)) yield fromItem(item);
  },
});

interface Stored {
  readonly resource: ResourceArn;
  readonly lastSeq: number;
  readonly state: string;
}

const fromItem = (item: Item): StateRow => {
  const { resource, lastSeq, state } = unmarshall(item) as Stored;
  return rowOf(resource, { ...(JSON.parse(state) as Omit<Resource, 'lastSeq'>), lastSeq });
};
