import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SQSEvent } from 'aws-lambda';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { kmsPseudonymizer } from '../../adapters/kms/pseudonymizer.ts';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { request } from '../../intake/intake.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { apply } from '../apply/apply.ts';
import { projectConsumer } from '../project/consumer.ts';
import { askEc2 } from '../request/instances-of-launch.ts';
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
  ['LEDGER_TABLE', 'STATE_TABLE', 'TAG_RULES', 'TAGGER_ROLE_ARN', 'ALERT_TOPIC_ARN'],
  [
    'ALERT_QUIET_MINUTES',
    'ARCHIVE_BUCKET',
    'TAG_CHILDREN',
    'RECOVER_OMITTED',
    'IDENTITY_JOIN',
    'HASH_IDENTITIES',
    'SEALING',
  ],
);
const { telemetry, observed, invocation, traced } = powertools('redrive', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const coordination = dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE);
const now = () => new Date();
const eventFormat = readEventFormat(process.env);
const ledger = { store, eventFormat, now };
const { ARCHIVE_BUCKET, IDENTITY_KEY_ID } = settings;
const openPseudonymizer = IDENTITY_KEY_ID
  ? kmsPseudonymizer(traced(new KMSClient()), IDENTITY_KEY_ID)
  : undefined;
const rules = parseTagRules(settings.TAG_RULES);

const consumers = {
  apply: apply({
    ledger,
    ec2: ec2Clients(traced, { maxAttempts: 1, credentialsOf }),
    sleep: delay,
    telemetry,
    policy: readRetryPolicy(process.env),
    childRules: settings.TAG_CHILDREN ? rules : undefined,
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
  const home = homeOfFunction(context.invokedFunctionArn);
  const front = request({
    ledger,
    rules,
    home,
    credentialsOf,
    taggerRoleArn: settings.TAGGER_ROLE_ARN,
    telemetry,
    ...(settings.RECOVER_OMITTED && { instancesOf: askEc2(traced, () => credentialsOf) }),
    ...(settings.IDENTITY_JOIN && { coordination }),
    openPseudonymizer,
  });
  const run = redriveQueue(redrive({ request: front, consumers, store, telemetry }));
  return run(event, () => context.getRemainingTimeInMillis());
});
