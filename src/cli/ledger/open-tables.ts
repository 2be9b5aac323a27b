import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import type { TableNames } from '../../adapters/dynamodb/create-tables.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { archivedOrLedger } from '../../archive/archived-or-ledger.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import type { request } from '../../intake/intake.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import { WrongUsageError } from '../errors.ts';
import { type Env, type OpenLedger, tablesIn } from './open-ledger.ts';

/** The tables that `dynamodb:TABLE[,STATE_TABLE]` names; throws a `WrongUsageError` when one has no name. */
export const tableNames = (where: string, env: Env): TableNames => {
  const [ledger = '', state = env.STATE_TABLE] = tablesIn(where);
  if (ledger && state) return { ledger, state };
  throw new WrongUsageError(
    `got --ledger ${where}, expected dynamodb:LEDGER_TABLE,STATE_TABLE, or dynamodb:LEDGER_TABLE with STATE_TABLE in the environment`,
  );
};

/** Opens the tables that `dynamodb:TABLE[,STATE_TABLE]` names; the consumers of the ledger run in AWS. */
export const openTables = (where: string, env: Env): OpenLedger => {
  const { ledger: ledgerTable, state: stateTable } = tableNames(where, env);
  const client = new DynamoDBClient();
  const store = dynamodbStore(client, ledgerTable);
  let front: Promise<ReturnType<typeof request>> | undefined;
  // Only who writes needs it and its rules, so their absence must not stop who reads, nor what it loads delay them.
  const openFront = async () => {
    const { tablesIntake } = await import('./tables-intake.ts');
    return tablesIntake(client, store, stateTable, env);
  };
  const s3 = env.ARCHIVE_BUCKET ? new S3Client() : undefined;
  const archived = s3 && s3ObjectStore(s3, env.ARCHIVE_BUCKET ?? '');
  return {
    name: where,
    store,
    eventFormat: readEventFormat(env),
    states: dynamodbStateStore(client, stateTable),
    coordination: dynamodbCoordinationStore(client, stateTable),
    fleet: archived ? archivedOrLedger(archived, store) : ledgerFleet(store),
    ...(archived && { archived }),
    request: async (input, invocationId) => {
      front ??= openFront();
      return (await front)(input, invocationId);
    },
    close: async () => {
      client.destroy();
      s3?.destroy();
    },
  };
};
