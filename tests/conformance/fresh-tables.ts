import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables, type TableNames } from '../../src/adapters/dynamodb/create-tables.ts';
import { clientOf, type Target } from './targets.ts';

/** Tables of a suite's own on a DynamoDB, and a client of it. */
export interface FreshTables extends TableNames {
  readonly client: DynamoDBClient;
  /** Deletes the tables and lets go of the client. */
  close(): Promise<void>;
}

let count = 0;

/** Makes two tables that nobody else has, the ledger with a change feed. */
export const freshTables = async (target: Target): Promise<FreshTables> => {
  const client = new DynamoDBClient(clientOf(target));
  const run = `${process.pid}-${Date.now()}-${++count}`;
  const names = { ledger: `conformance-ledger-${run}`, state: `conformance-state-${run}` };
  await createTables(client, names, 50);
  const close = async () => {
    for (const TableName of [names.ledger, names.state]) {
      await client.send(new DeleteTableCommand({ TableName }));
    }
    client.destroy();
  };
  return { ...names, client, close };
};
