import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { powertools } from '../runtime/powertools.ts';
import { readRetryPolicy } from '../runtime/retry-settings.ts';
import { readSettings } from '../runtime/settings.ts';
import { closeSuppressionWindows } from './close-suppression-windows.ts';
import { reconcile } from './reconcile.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN']);
const policy = readRetryPolicy(process.env);
const { telemetry, observed, traced } = powertools('reconcile', process.env);
const dynamodb = traced(new DynamoDBClient());
const now = () => new Date();
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const ledger = { store, eventFormat: readEventFormat(process.env), now };
const states = dynamodbStateStore(dynamodb, settings.STATE_TABLE);
const coordination = dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE);
const sns = traced(new SNSClient());

/** More than an invocation of one minute can handle, so that time ends a run and not this limit. */
const LIMIT = 5_000;
const PERIODS = 1_000;

const run = reconcile({ ledger, states, policy, limit: LIMIT, telemetry });

/** Lambda entry point of the schedule, every minute: closes suppression windows, then raises due attempts. */
export const handler = observed(async (_: unknown, context) => {
  await closeSuppressionWindows({
    coordination,
    sns,
    topicArn: settings.ALERT_TOPIC_ARN,
    now,
    telemetry,
    limit: PERIODS,
  });
  return run(() => context.getRemainingTimeInMillis());
});
