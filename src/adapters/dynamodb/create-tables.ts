import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { DUE_INDEX } from './due-index.ts';

/** The names of a ledger's two tables. */
export interface TableNames {
  readonly ledger: string;
  readonly state: string;
}

const ledgerTable = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'stream', AttributeType: 'S' },
    { AttributeName: 'seq', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'stream', KeyType: 'HASH' },
    { AttributeName: 'seq', KeyType: 'RANGE' },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
});

const stateTable = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'resource', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'S' },
    { AttributeName: 'dueAt', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'resource', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: 'due', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
});

/**
 * Creates those of the two tables that do not exist, with the keys and the change feed of the deployed ones,
 * and waits until both can be used. It looks every `lookEveryMs` milliseconds.
 */
export const createTables = async (
  client: DynamoDBClient,
  { ledger, state }: TableNames,
  lookEveryMs: number,
): Promise<void> => {
  for (const table of [ledgerTable(ledger), stateTable(state)]) {
    await createTable(client, table, lookEveryMs);
  }
};

const createTable = async (
  client: DynamoDBClient,
  table: CreateTableCommandInput,
  lookEveryMs: number,
): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  for (let looks = 0; !(await isActive(client, table.TableName)); looks++) {
    if (looks === MAX_LOOKS)
      throw new Error(`The table ${table.TableName} is still being created. Look at it in DynamoDB.`);
    await delay(lookEveryMs);
  }
};

const MAX_LOOKS = 1_000;

const isActive = async (client: DynamoDBClient, TableName: string | undefined): Promise<boolean> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const indexes = Table?.GlobalSecondaryIndexes ?? [];
  return Table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');
};
