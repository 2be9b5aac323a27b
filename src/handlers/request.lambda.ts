import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import { homeOfFunction } from './direct-call.ts';
import { powertools } from './observed.ts';
import { request } from './request.ts';
import { readSettings } from './settings.ts';

const { LEDGER_TABLE, TAG_RULES, TAGGER_ROLE_ARN } = readSettings(process.env, [
  'LEDGER_TABLE',
  'TAG_RULES',
  'TAGGER_ROLE_ARN',
]);
const { observer, observed, traced } = powertools('request');
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);
const rules = parseTagRules(TAG_RULES);

/** Lambda entry point of the front door; direct calls by id alone mean the function's own account and Region. */
export const handler = observed<unknown, unknown>((event, { awsRequestId, invokedFunctionArn }) => {
  const ledger = { store, now: () => new Date() };
  const home = homeOfFunction(invokedFunctionArn);
  return request({ ledger, rules, home, taggerRoleArn: TAGGER_ROLE_ARN, observer })(event, awsRequestId);
});
