import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../../adapters/dynamodb/event-store.ts';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { readEventFormat } from '../runtime/event-format.ts';
import { readCredentials } from '../runtime/member-credentials.ts';
import { powertools } from '../runtime/powertools.ts';
import { readSettings } from '../runtime/settings.ts';
import { deployedIntake, INTAKE_SETTINGS, INTAKE_SWITCHES } from './deployed-intake.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', ...INTAKE_SETTINGS], INTAKE_SWITCHES);
const { telemetry, observed, invocation, traced } = powertools('request', process.env);
const credentialsOf = readCredentials(process.env, invocation);
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const ledger = { store, eventFormat: readEventFormat(process.env), now: () => new Date() };
const intakeOf = deployedIntake(settings, {
  ledger,
  telemetry,
  dynamodb,
  traced,
  credentialsOf,
  ec2Credentials: () => credentialsOf,
});

/** Lambda entry point of the intake; direct calls by id alone mean the function's own account and Region. */
export const handler = observed<unknown, unknown>((event, { awsRequestId, invokedFunctionArn }) =>
  intakeOf(homeOfFunction(invokedFunctionArn))(event, awsRequestId),
);
