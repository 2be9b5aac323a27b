import { DescribeTableCommand, DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import type { TableNames } from '../../adapters/dynamodb/create-tables.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { type ArchiveStore, archiveStore } from '../../archive/archive-store.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { EventStore } from '../../events/event-store.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { WrongUsageError } from '../errors.ts';
import { tablesIn } from './ledger-kind.ts';

/** A ledger in AWS: its stores and their client. */
export interface OpenTables {
  readonly client: DynamoDBClient;
  readonly names: TableNames;
  readonly store: EventStore;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /** The id of the ledger table, which a table restored under its name has not; undefined if it may not be asked for. */
  readonly ledgerId: () => Promise<string | undefined>;
  /** The archive; absent if `ARCHIVE_BUCKET` is not set. */
  readonly archived?: ArchiveStore;
  close(): Promise<void>;
}

/** The table names in `dynamodb:TABLE[,STATE_TABLE]`. Throws a `WrongUsageError` if one is missing. */
export const tableNames = (where: string, env: Env): TableNames => {
  const [ledger = '', state = env.STATE_TABLE] = tablesIn(where);
  if (ledger && state) return { ledger, state };
  throw new WrongUsageError(
    `--ledger ${where} does not name both tables. Write dynamodb:LEDGER_TABLE,STATE_TABLE, or dynamodb:LEDGER_TABLE and set STATE_TABLE.`,
  );
};

/**
 * Opens the tables that `dynamodb:TABLE[,STATE_TABLE]` names, with the SDK's default Region, credentials and
 * endpoint. The consumers of the ledger run in AWS.
 */
export const openTables = (where: string, env: Env): OpenTables => {
  const names = tableNames(where, env);
  const client = new DynamoDBClient();
  const s3 = env.ARCHIVE_BUCKET ? new S3Client() : undefined;
  const coordination = dynamodbCoordinationStore(client, names.state);
  return {
    client,
    names,
    store: dynamodbStore(client, names.ledger),
    states: dynamodbStateStore(client, names.state),
    coordination,
    ledgerId: () => tableId(client, names.ledger),
    ...(s3 && { archived: archiveStore(s3ObjectStore(s3, env.ARCHIVE_BUCKET ?? ''), coordination) }),
    close: async () => {
      client.destroy();
      s3?.destroy();
    },
  };
};

/** Needs `dynamodb:DescribeTable`. */
const tableId = async (client: DynamoDBClient, TableName: string): Promise<string | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableId;
  } catch (error) {
    if (error instanceof DynamoDBServiceException && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
};
