import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { keep } from './archive.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'ARCHIVE_BUCKET']);
const { telemetry, observed, traced } = powertools('archive', process.env);
const store = dynamodbStore(traced(new DynamoDBClient()), settings.LEDGER_TABLE);
const objects = s3ObjectStore(traced(new S3Client()), settings.ARCHIVE_BUCKET);

const run = keep({ objects, store, now: () => new Date(), telemetry });

/** Lambda entry point of the schedule, such as every five minutes. Only one invocation runs at a time. */
export const handler = observed((_: unknown, context) => run(() => context.getRemainingTimeInMillis()));
