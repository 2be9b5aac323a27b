import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTables } from '../adapters/dynamodb/create-tables.ts';
import { refuseUnopenable } from './refuse-unopenable.ts';

/** The table names of the embedded AWS. Deployed tables have the same keys. */
export const LEDGER_TABLE = 'tagledger-ledger';
export const STATE_TABLE = 'tagledger-state';

/** A running embedded DynamoDB with both tables. */
export interface EmbeddedDynamoDB {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/**
 * Starts dynalite on a free port of the loopback interface, in the folder `path` or in memory. Data in a
 * folder survives a crash of the process. One process at a time can use a folder: see
 * {@link refuseUnopenable}.
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
    // dynalite requires a signed request but checks no signature, so these grant nothing.
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  const close = async () => {
    // Pending requests are answered first, because dynalite ends the process if its database closes during
    // one.
    server.on('request', (_, response) => response.once('close', () => server.closeIdleConnections()));
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeIdleConnections();
    });
    client.destroy();
  };
  try {
    // With `createTableMs: 0` a table is ready almost at once.
    const names = { ledger: LEDGER_TABLE, state: STATE_TABLE };
    await createTables(client, names, { streams: false, lookEveryMs: 0 });
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { client, close };
};

/**
 * As {@link embeddedDynamoDB}, for readers of a ledger's folder: where it has no database none is made, and the tables
 * are empty.
 */
export const embeddedDynamoDBToRead = (folder: string): Promise<EmbeddedDynamoDB> => {
  const path = join(folder, 'db');
  const isThere = existsSync(path) && readdirSync(path).length > 0;
  return embeddedDynamoDB(isThere ? path : undefined);
};
