import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { archiveStore } from '../../archive/archive-store.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { keep } from './archive.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'STATE_TABLE', 'ARCHIVE_BUCKET']);
const { telemetry, observed, traced } = powertools('archive', process.env);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const objects = archiveStore(
  s3ObjectStore(traced(new S3Client()), settings.ARCHIVE_BUCKET),
  dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE),
);

const run = keep({ objects, store, now: () => new Date(), telemetry });

/** Lambda entry point of the schedule, such as every five minutes. Only one invocation runs at a time. */
export const handler = observed((_: unknown, context) => run(() => context.getRemainingTimeInMillis()));
