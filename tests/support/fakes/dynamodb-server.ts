import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables } from '../../../src/adapters/dynamodb/create-tables.ts';
import { RefusedError } from './dynamodb/expressions.ts';
import { type Limits, OPERATIONS, type Tables } from './dynamodb/operations.ts';

/** The names of the two tables. */
export const LEDGER_TABLE = 'tagledger-ledger';
export const STATE_TABLE = 'tagledger-state';

/** The connection breaks: before the service acts on the next PutItem, or before its reply arrives. */
export type Loss = 'request' | 'reply';

/** How the fake deviates from DynamoDB. */
export interface FakeOptions extends Limits {
  /** How often the client sends a request that fails; the SDK's default unless given. */
  readonly maxAttempts?: number;
}

/** A running fake. */
export interface FakeDynamoDB {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  /** Breaks the connection during the next PutItem. */
  lose(next: Loss): void;
  close(): Promise<void>;
}

/**
 * A DynamoDB in memory, on a free port of the loopback interface, with both tables. It speaks the part of the JSON 1.0
 * protocol that the product uses, does what a request asks for and no more, and refuses what it does not know: without
 * a condition a PutItem overwrites, and without ConsistentRead a read of a table does not see the last write to it.
 * A global secondary index shows each write at once. Tables are active at once. Signatures are not checked.
 */
export const fakeDynamoDBServer = async ({
  maxAttempts,
  ...limits
}: FakeOptions = {}): Promise<FakeDynamoDB> => {
  const tables: Tables = new Map();
  let loss: Loss | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
    const input = await json(request);
    const lost = name === 'PutItem' ? loss : undefined;
    if (lost) loss = undefined;
    if (lost === 'request') return void request.socket.destroy();
    const [status, output] = outcomeOf(() => {
      const operation = OPERATIONS[name];
      if (!operation) throw new RefusedError('UnknownOperationException', `the fake does not know ${name}`);
      return operation(tables, input, limits);
    });
    if (lost === 'reply') return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(output));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    ...(maxAttempts && { maxAttempts }),
  });
  await createTables(client, { ledger: LEDGER_TABLE, state: STATE_TABLE }, 0);
  return {
    client,
    endpoint,
    lose: (next) => {
      loss = next;
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** The status and the body of an answer; errors in the form of DynamoDB's JSON protocol. */
const outcomeOf = (act: () => object): readonly [number, object] => {
  try {
    return [200, act()];
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { type, message, item } = error;
    return [
      400,
      { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...(item && { Item: item }) },
    ];
  }
};
