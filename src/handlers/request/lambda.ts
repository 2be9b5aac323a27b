import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { kmsPseudonymizer } from '../../adapters/kms/pseudonymizer.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { request } from '../../intake/intake.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { readCredentials } from '../runtime/member-credentials.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { askEc2 } from './instances-of-launch.ts';

const { LEDGER_TABLE, TAG_RULES, TAGGER_ROLE_ARN, RECOVER_OMITTED, STATE_TABLE, IDENTITY_KEY_ID } =
  readSettings(
    process.env,
    ['LEDGER_TABLE', 'TAG_RULES', 'TAGGER_ROLE_ARN'],
    ['RECOVER_OMITTED', 'IDENTITY_JOIN', 'HASH_IDENTITIES'],
  );
const { telemetry, observed, invocation, traced } = powertools('request', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, LEDGER_TABLE);
const ledger = { store, eventFormat: readEventFormat(process.env), now: () => new Date() };
const rules = parseTagRules(TAG_RULES);
// The table of states is asked for by IDENTITY_JOIN alone, the key by HASH_IDENTITIES.
const options = {
  ...(RECOVER_OMITTED && { instancesOf: askEc2(traced, () => credentialsOf) }),
  ...(STATE_TABLE && { coordination: dynamodbCoordinationStore(dynamodb, STATE_TABLE) }),
  ...(IDENTITY_KEY_ID && { openPseudonymizer: kmsPseudonymizer(traced(new KMSClient()), IDENTITY_KEY_ID) }),
};

/** Lambda entry point of the front door; direct calls by id alone mean the function's own account and Region. */
export const handler = observed<unknown, unknown>((event, { awsRequestId, invokedFunctionArn }) =>
  request({
    ledger,
    rules,
    home: homeOfFunction(invokedFunctionArn),
    credentialsOf,
    taggerRoleArn: TAGGER_ROLE_ARN,
    telemetry,
    ...options,
  })(event, awsRequestId),
);
