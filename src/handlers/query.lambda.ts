import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { ledgerFleet } from '../projections/ledger-fleet.ts';
import { homeOfFunction } from './direct-call.ts';
import { powertools } from './observed.ts';
import { query } from './query.ts';
import { readSettings } from './settings.ts';

const { LEDGER_TABLE } = readSettings(process.env, ['LEDGER_TABLE']);
const { observer, observed, traced } = powertools('query');
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);

const run = query({ store, fleet: ledgerFleet(store), now: () => new Date(), observer });

/** Lambda entry point behind a function URL with IAM authorisation. */
export const handler = observed((event: unknown, context) =>
  run(event, homeOfFunction(context.invokedFunctionArn), () => context.getRemainingTimeInMillis()),
);
