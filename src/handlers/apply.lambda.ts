import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import { apply } from './apply.ts';
import { ec2Clients } from './ec2-clients.ts';
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
const ledger = { store, now: () => new Date() };

const run = apply({
  ledger,
  ec2: ec2Clients(traced),
  sleep: delay,
  observer,
  policy: readRetryPolicy(process.env),
  childRules: childrenToo ? parseTagRules(TAG_RULES) : undefined,
});

/** Lambda entry point behind the change feed. */
export const handler = observed((event: DynamoDBStreamEvent, context) =>
  run(event, () => context.getRemainingTimeInMillis()),
);
