import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../adapters/dynamodb/state-store.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { ec2Clients } from '../runtime/ec2-clients.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { readCredentials } from '../runtime/member-credentials.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { sweep } from './sweep.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'STATE_TABLE'], ['HEAL', 'HEAL_LIMIT']);
const { telemetry, observed, invocation, traced } = powertools('sweep', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const dynamodb = traced(new DynamoDBClient());

// Only HEAL needs the rules.
const { TAG_RULES, HEAL_LIMIT: limit } = settings;

const run = sweep({
  ledger: {
    store: dynamodbStore(dynamodb, settings.LEDGER_TABLE),
    eventFormat: readEventFormat(process.env),
    now: () => new Date(),
  },
  states: dynamodbStateStore(dynamodb, settings.STATE_TABLE),
  coordination: dynamodbCoordinationStore(dynamodb, settings.STATE_TABLE),
  // The SDK's retries are off: tagledger repeats calls itself, by failure class and deadline.
  ec2: ec2Clients(traced, { maxAttempts: 1, credentialsOf }),
  sleep: delay,
  telemetry,
  ...(TAG_RULES && { healing: { rules: parseTagRules(TAG_RULES), limit } }),
});

/** Lambda entry point of the schedule, such as every hour. */
export const handler = observed((_: unknown, context) =>
  run(context.awsRequestId, () => context.getRemainingTimeInMillis()),
);
