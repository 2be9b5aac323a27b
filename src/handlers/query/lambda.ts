import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { archivedOrLedger } from '../../archive/archived-or-ledger.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import { buildVersion } from '../runtime/build-version.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { query } from './query.ts';

const { LEDGER_TABLE, ARCHIVE_BUCKET } = readSettings(process.env, ['LEDGER_TABLE'], ['ARCHIVE_BUCKET']);
const { telemetry, observed, traced } = powertools('query', process.env);
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);

const fleet = ARCHIVE_BUCKET
  ? archivedOrLedger(s3ObjectStore(traced(new S3Client()), ARCHIVE_BUCKET), store)
  : ledgerFleet(store);

const run = query({
  store,
  fleet,
  span: ARCHIVE_BUCKET ? fleet.span : undefined,
  source: { table: LEDGER_TABLE, version: buildVersion() },
  now: () => new Date(),
  telemetry,
});

/** Lambda entry point behind a function URL with IAM authorisation. */
export const handler = observed((event: unknown, context) =>
  run(event, homeOfFunction(context.invokedFunctionArn), () => context.getRemainingTimeInMillis()),
);
