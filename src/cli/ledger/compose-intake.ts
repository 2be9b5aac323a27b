import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { kmsPseudonymizer } from '../../adapters/kms/pseudonymizer.ts';
import type { EventStore } from '../../events/event-store.ts';
import { askEc2 } from '../../handlers/request/instances-of-launch.ts';
import { callerCredentials } from '../../handlers/runtime/credentials.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { readSettings } from '../../handlers/runtime/settings.ts';
import { request } from '../../intake/intake.ts';
import { QUIET } from '../../shared/telemetry.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import type { Env } from './open-ledger.ts';

/**
 * The front door of a ledger in AWS, with the settings of the deployed function from the environment. Throws an
 * `InvalidInputError` that names all that are missing.
 */
export const composeIntake = (
  client: DynamoDBClient,
  store: EventStore,
  stateTable: string,
  env: Env,
): ReturnType<typeof request> => {
  const { TAG_RULES, TAGGER_ROLE_ARN, RECOVER_OMITTED, IDENTITY_JOIN, IDENTITY_KEY_ID } = readSettings(
    { ...env, STATE_TABLE: stateTable },
    ['TAG_RULES', 'TAGGER_ROLE_ARN'],
    ['RECOVER_OMITTED', 'IDENTITY_JOIN', 'HASH_IDENTITIES'],
  );
  return request({
    ledger: { store, eventFormat: readEventFormat(env), now: () => new Date() },
    rules: parseTagRules(TAG_RULES),
    taggerRoleArn: TAGGER_ROLE_ARN,
    telemetry: QUIET,
    // As the deployed function does: else a file would leave gaps that the function has filled.
    ...(RECOVER_OMITTED && { instancesOf: askEc2((ec2) => ec2, callerCredentials) }),
    ...(IDENTITY_KEY_ID && { openPseudonymizer: kmsPseudonymizer(new KMSClient(), IDENTITY_KEY_ID) }),
    ...(IDENTITY_JOIN && { coordination: dynamodbCoordinationStore(client, stateTable) }),
  });
};
