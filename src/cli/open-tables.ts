import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { archivedOrLedger } from '../archive/archived-or-ledger.ts';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { askEc2 } from '../handlers/ask-ec2.ts';
import { kmsDisguise } from '../handlers/disguise.ts';
import { QUIET } from '../handlers/observer.ts';
import { request } from '../handlers/request.ts';
import { readSettings } from '../handlers/settings.ts';
import type { TableNames } from '../local/tables.ts';
import { s3ObjectStore } from '../objects/s3-object-store.ts';
import { dynamodbMemoStore } from '../projections/dynamodb-memo-store.ts';
import { dynamodbStateStore } from '../projections/dynamodb-state-store.ts';
import { ledgerFleet } from '../projections/ledger-fleet.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import type { Env, OpenLedger } from './open-ledger.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** The tables that `dynamodb:TABLE[,STATE_TABLE]` names; throws a `WrongUsageError` when one has no name. */
export const tableNames = (where: string, env: Env): TableNames => {
  const [ledger = '', state = env.STATE_TABLE] = where.slice('dynamodb:'.length).split(',');
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
  // Only who writes needs the rules, so their absence must not stop who reads.
  let front: ReturnType<typeof request> | undefined;
  const frontDoor = () => {
    const { TAG_RULES, TAGGER_ROLE_ARN, RECOVER_OMITTED, IDENTITY_JOIN, IDENTITY_KEY_ID } = readSettings(
      { ...env, STATE_TABLE: stateTable },
      ['TAG_RULES', 'TAGGER_ROLE_ARN'],
      ['RECOVER_OMITTED', 'IDENTITY_JOIN', 'HASH_IDENTITIES'],
    );
    return request({
      ledger: { store, now: () => new Date() },
      rules: parseTagRules(TAG_RULES),
      taggerRoleArn: TAGGER_ROLE_ARN,
      observer: QUIET,
      // As the deployed function does: else a file would leave gaps that the function has filled.
      ...(RECOVER_OMITTED && { instancesOf: askEc2((ec2) => ec2) }),
      ...(IDENTITY_KEY_ID && { openDisguise: kmsDisguise(new KMSClient(), IDENTITY_KEY_ID) }),
      ...(IDENTITY_JOIN && { memos: dynamodbMemoStore(client, stateTable) }),
    });
  };
  const s3 = env.ARCHIVE_BUCKET ? new S3Client() : undefined;
  const archived = s3 && s3ObjectStore(s3, env.ARCHIVE_BUCKET ?? '');
  return {
    name: where,
    store,
    states: dynamodbStateStore(client, stateTable),
    memos: dynamodbMemoStore(client, stateTable),
    fleet: archived ? archivedOrLedger(archived, store) : ledgerFleet(store),
    ...(archived && { archived }),
    request: async (input, invocationId) => {
      front ??= frontDoor();
      return front(input, invocationId);
    },
    close: async () => {
      client.destroy();
      s3?.destroy();
    },
  };
};
