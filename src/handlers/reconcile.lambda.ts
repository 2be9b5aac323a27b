import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { dynamodbStateStore } from '../projections/dynamodb-state-store.ts';
import { powertools } from './observed.ts';
import { reconcile } from './reconcile.ts';
import { readRetryPolicy } from './retry-settings.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'STATE_TABLE']);
const policy = readRetryPolicy(process.env);
const { observer, observed, traced } = powertools('reconcile');
const dynamodb = traced(new DynamoDBClient());
const ledger = { store: dynamodbStore(dynamodb, settings.LEDGER_TABLE), now: () => new Date() };
const states = dynamodbStateStore(dynamodb, settings.STATE_TABLE);

/** More than an invocation of a minute gets round to, so that time and not this is what ends a run. */
const LIMIT = 5_000;

const run = reconcile({ ledger, states, policy, limit: LIMIT, observer });

/** Lambda entry point of the schedule, every five minutes. */
export const handler = observed((_: unknown, context) => run(() => context.getRemainingTimeInMillis()));
