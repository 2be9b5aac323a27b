import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { lambdaFeed } from '../runtime/lambda-feed.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { projectConsumer } from './consumer.ts';

const settings = readSettings(
  process.env,
  ['LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN'],
  ['ALERT_QUIET_MINUTES', 'ARCHIVE_BUCKET', 'SEALING'],
);
const { telemetry, observed, traced } = powertools('project', process.env);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const { ARCHIVE_BUCKET } = settings;
const states = dynamodbStateStore(dynamodb, settings.STATE_TABLE);

const run = lambdaFeed(
  projectConsumer({
    store,
    eventFormat: readEventFormat(process.env),
    states,
    archived: ARCHIVE_BUCKET ? s3ObjectStore(traced(new S3Client()), ARCHIVE_BUCKET) : undefined,
    coordination: dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE),
    sns: traced(new SNSClient()),
    topicArn: settings.ALERT_TOPIC_ARN,
    cloudwatch: traced(new CloudWatchClient()),
    now: () => new Date(),
    telemetry,
    quietMs: settings.ALERT_QUIET_MINUTES * 60_000,
    sealing: settings.SEALING,
  }),
);

/** Lambda entry point behind the change feed. */
export const handler = observed((event: DynamoDBStreamEvent, context) =>
  run(event, () => context.getRemainingTimeInMillis()),
);
