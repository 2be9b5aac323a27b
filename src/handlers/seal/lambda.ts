import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { kmsSigner } from '../../adapters/kms/signer.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { newLogId } from '../../sealing/log/begin-log.ts';
import { logObjectHeaders } from '../../sealing/log/object-headers.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { seal } from './seal.ts';

const settings = readSettings(process.env, [
  'LEDGER_TABLE',
  'STATE_TABLE',
  'ALERT_TOPIC_ARN',
  'LOG_BUCKET',
  'LOG_NAME',
  'SEAL_KEY_ID',
]);
const { telemetry, observed, traced } = powertools('seal', process.env);
const dynamodb = traced(new DynamoDBClient());

const run = seal({
  store: dynamodbStore(dynamodb, settings.LEDGER_TABLE),
  coordination: dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE),
  objects: s3ObjectStore(traced(new S3Client()), settings.LOG_BUCKET, { headersOf: logObjectHeaders }),
  signer: kmsSigner(traced(new KMSClient()), settings.SEAL_KEY_ID),
  name: settings.LOG_NAME,
  newId: newLogId,
  sns: traced(new SNSClient()),
  topicArn: settings.ALERT_TOPIC_ARN,
  now: () => new Date(),
  telemetry,
});

/**
 * Lambda entry point of the schedules: one that seals every minute, and one that compares, such as every day.
 * Only one invocation runs at a time.
 */
export const handler = observed((input: unknown, context) =>
  run(input, () => context.getRemainingTimeInMillis()),
);
