import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import { askEc2 } from './ask-ec2.ts';
import { powertools } from './observed.ts';
import { request } from './request.ts';
import { readSettings } from './settings.ts';

const { LEDGER_TABLE, TAG_RULES, TAGGER_ROLE_ARN, RECOVER_OMITTED } = readSettings(
  process.env,
  ['LEDGER_TABLE', 'TAG_RULES', 'TAGGER_ROLE_ARN'],
  ['RECOVER_OMITTED'],
);
const { observer, observed, traced } = powertools('request');
const store = dynamodbStore(traced(new DynamoDBClient()), LEDGER_TABLE);
const rules = parseTagRules(TAG_RULES);
const recovery = RECOVER_OMITTED ? { instancesOf: askEc2(traced) } : {};

/** Lambda entry point of the front door; direct calls by id alone mean the function's own account and Region. */
export const handler = observed<unknown, unknown>((event, { awsRequestId, invokedFunctionArn }) => {
  const [, , , region = '', account = ''] = invokedFunctionArn.split(':');
  const ledger = { store, now: () => new Date() };
  return request({
    ledger,
    rules,
    home: { account, region },
    taggerRoleArn: TAGGER_ROLE_ARN,
    observer,
    ...recovery,
  })(event, awsRequestId);
});
