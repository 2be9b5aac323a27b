import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { DUE_INDEX } from '../projections/due-index.ts';
import { refuseUnopenable } from './refuse-unopenable.ts';

/** The tables as the embedded AWS has them; the deployed ones have the same keys. */
export const LEDGER_TABLE = 'tagledger-ledger';
export const STATE_TABLE = 'tagledger-state';

const TABLES: readonly CreateTableCommandInput[] = [
  {
    TableName: LEDGER_TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'stream', AttributeType: 'S' },
      { AttributeName: 'seq', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'stream', KeyType: 'HASH' },
      { AttributeName: 'seq', KeyType: 'RANGE' },
    ],
  },
  {
    TableName: STATE_TABLE,
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
  },
];

/** A running embedded DynamoDB with both tables in it. */
export interface EmbeddedDynamoDB {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/**
 * Starts dynalite on a free port of the loopback interface, in the folder `path` or in memory. What was written
 * survives the death of the process. One process at a time can have a folder: see {@link refuseUnopenable}.
 */
export const embeddedDynamoDB = async (path?: string): Promise<EmbeddedDynamoDB> => {
  if (path) await refuseUnopenable(path);
  const server = dynalite({ createTableMs: 0, ...(path && { path }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    // dynalite wants a signed request and checks no signature: these open nothing.
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  const close = async () => {
    // Requests under way are answered first: dynalite ends the process when its database closes under one.
    server.on('request', (_, response) => response.once('close', () => server.closeIdleConnections()));
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeIdleConnections();
    });
    client.destroy();
  };
  try {
    for (const table of TABLES) await createTable(client, table);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { client, close };
};

const createTable = async (client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  // A table that is being created cannot be queried yet; with `createTableMs: 0` it is ready at once, or nearly so.
  for (let looks = 0; !(await isActive(client, table.TableName)); looks++) {
    // Whoever made it died over it, and dynalite does not go on by itself.
    if (looks === MAX_LOOKS) throw new Error(`the table ${table.TableName} was never made to its end`);
    await setImmediate();
  }
};

const MAX_LOOKS = 1_000;

const isActive = async (client: DynamoDBClient, TableName: string | undefined): Promise<boolean> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const indexes = Table?.GlobalSecondaryIndexes ?? [];
  return Table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');
};
