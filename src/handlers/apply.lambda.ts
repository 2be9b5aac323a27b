import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { apply } from './apply.ts';
import { ec2ByRegion } from './ec2-by-region.ts';
import { powertools } from './observed.ts';
import { readSettings } from './settings.ts';

const { LEDGER_TABLE } = readSettings(process.env, ['LEDGER_TABLE']);
const { observer, observed, traced } = powertools('apply');
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);

/** The repeats are ours, so that they know classes and deadlines: the SDK's are off. */
const ec2 = ec2ByRegion(traced, { maxAttempts: 1 });

const run = apply({ ledger: { store, now: () => new Date() }, ec2, sleep: delay, observer });

/** Lambda entry point behind the change feed. */
export const handler = observed((event: DynamoDBStreamEvent, context) =>
  run(event, () => context.getRemainingTimeInMillis()),
);
