import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import { apply } from './apply.ts';
import { powertools } from './observed.ts';
import { readRetryPolicy } from './retry-settings.ts';
import { isOn, readSettings } from './settings.ts';

const childrenToo = isOn(process.env, 'TAG_CHILDREN');
const { LEDGER_TABLE, TAG_RULES } = readSettings(
  process.env,
  childrenToo ? ['LEDGER_TABLE', 'TAG_RULES'] : ['LEDGER_TABLE'],
);
const { observer, observed, traced } = powertools('apply');
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);

const clients = new Map<string, EC2Client>();

/** One client for each Region. The repeats are ours, so that they know classes and deadlines: the SDK's are off. */
const ec2 = (_account: string, region: string): EC2Client => {
  const client = clients.get(region) ?? traced(new EC2Client({ region, maxAttempts: 1 }));
  clients.set(region, client);
  return client;
};

const run = apply({
  ledger: { store, now: () => new Date() },
  ec2,
  sleep: delay,
  observer,
  policy: readRetryPolicy(process.env),
  childRules: childrenToo ? parseTagRules(TAG_RULES) : undefined,
});

/** Lambda entry point behind the change feed. */
export const handler = observed((event: DynamoDBStreamEvent, context) =>
  run(event, () => context.getRemainingTimeInMillis()),
);
