import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { archiveStore } from '../../archive/archive-store.ts';
import { archivedOrLedger } from '../../archive/archived-or-ledger.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import { buildVersion } from '../runtime/build-version.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { query } from './query.ts';

const { LEDGER_TABLE, ARCHIVE_BUCKET } = readSettings(process.env, ['LEDGER_TABLE'], ['ARCHIVE_BUCKET']);
const { telemetry, observed, traced } = powertools('query', process.env);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, LEDGER_TABLE);
/** The state table says which catalogue of the archive counts. */
const archiveIn = (bucket: string) => {
  const { STATE_TABLE } = readSettings(process.env, ['STATE_TABLE']);
  const objects = s3ObjectStore(traced(new S3Client()), bucket);
  return archiveStore(objects, dynamodbCoordinationStore(dynamodb, STATE_TABLE));
};
const archive = ARCHIVE_BUCKET ? archiveIn(ARCHIVE_BUCKET) : undefined;

const run = query({
  store,
  openFleet: () => (archive ? archivedOrLedger(archive, store) : ledgerFleet(store)),
  source: { table: LEDGER_TABLE, version: buildVersion() },
  now: () => new Date(),
  telemetry,
});

/** Lambda entry point behind a function URL with IAM authorisation. */
export const handler = observed((event: unknown, context) =>
  run(event, homeOfFunction(context.invokedFunctionArn), () => context.getRemainingTimeInMillis()),
);
