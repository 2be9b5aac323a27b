import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SQSEvent } from 'aws-lambda';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { apply } from '../apply/apply.ts';
import { projectConsumer } from '../project/consumer.ts';
import { deployedIntake, INTAKE_SETTINGS, INTAKE_SWITCHES } from '../request/deployed-intake.ts';
import { ec2Clients } from '../runtime/ec2-clients.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { readCredentials } from '../runtime/member-credentials.ts';
import { powertools } from '../runtime/powertools.ts';
import { readRetryPolicy } from '../runtime/retry-settings.ts';
import { readSettings } from '../runtime/settings.ts';
import { redriveQueue } from './queue.ts';
import { redrive } from './redrive.ts';

const settings = readSettings(
  process.env,
  ['LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN', ...INTAKE_SETTINGS],
  ['ALERT_QUIET_MINUTES', 'ARCHIVE_BUCKET', 'TAG_CHILDREN', 'SEALING', ...INTAKE_SWITCHES],
);
const { telemetry, observed, invocation, traced } = powertools('redrive', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const coordination = dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE);
const now = () => new Date();
const eventFormat = readEventFormat(process.env);
const ledger = { store, eventFormat, now };
const { ARCHIVE_BUCKET } = settings;
const intakeOf = deployedIntake(settings, {
  ledger,
  telemetry,
  dynamodb,
  traced,
  credentialsOf,
  ec2Credentials: () => credentialsOf,
});

const consumers = {
  apply: apply({
    ledger,
    ec2: ec2Clients(traced, { maxAttempts: 1, credentialsOf }),
    sleep: delay,
    telemetry,
    policy: readRetryPolicy(process.env),
    childRules: settings.TAG_CHILDREN ? parseTagRules(settings.TAG_RULES) : undefined,
  }),
  project: projectConsumer({
    store,
    eventFormat,
    states: dynamodbStateStore(dynamodb, settings.STATE_TABLE),
    archived: ARCHIVE_BUCKET ? s3ObjectStore(traced(new S3Client()), ARCHIVE_BUCKET) : undefined,
    coordination,
    sns: traced(new SNSClient()),
    topicArn: settings.ALERT_TOPIC_ARN,
    cloudwatch: traced(new CloudWatchClient()),
    now,
    telemetry,
    quietMs: settings.ALERT_QUIET_MINUTES * 60_000,
    sealing: settings.SEALING,
  }),
};

/** Lambda entry point behind the failure queue. */
export const handler = observed((event: SQSEvent, context) => {
  const request = intakeOf(homeOfFunction(context.invokedFunctionArn));
  const run = redriveQueue(redrive({ request, consumers, store, telemetry }));
  return run(event, () => context.getRemainingTimeInMillis());
});
