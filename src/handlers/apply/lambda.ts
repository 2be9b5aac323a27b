import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { ec2Clients } from '../runtime/ec2-clients.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { lambdaFeed } from '../runtime/lambda-feed.ts';
import { readCredentials } from '../runtime/member-credentials.ts';
import { powertools } from '../runtime/powertools.ts';
import { readRetryPolicy } from '../runtime/retry-settings.ts';
import { readSettings } from '../runtime/settings.ts';
import { apply } from './apply.ts';

const { LEDGER_TABLE, TAG_RULES } = readSettings(process.env, ['LEDGER_TABLE'], ['TAG_CHILDREN']);
const { telemetry, observed, invocation, traced } = powertools('apply', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);
const ledger = { store, eventFormat: readEventFormat(process.env), now: () => new Date() };

const run = lambdaFeed(
  apply({
    ledger,
    // The SDK's retries are off: tagledger repeats calls itself, by failure class and deadline.
    ec2: ec2Clients(traced, { maxAttempts: 1, credentialsOf }),
    sleep: delay,
    telemetry,
    policy: readRetryPolicy(process.env),
    // Only TAG_CHILDREN needs the rules.
    childRules: TAG_RULES ? parseTagRules(TAG_RULES) : undefined,
  }),
);

/** Lambda entry point behind the change feed. */
export const handler = observed((event: DynamoDBStreamEvent, context) =>
  run(event, () => context.getRemainingTimeInMillis()),
);
