import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '../../events/event-store.ts';
import { deployedIntake, INTAKE_SETTINGS, INTAKE_SWITCHES } from '../../handlers/request/deployed-intake.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { type Env, readSettings } from '../../handlers/runtime/settings.ts';
import type { request } from '../../intake/intake.ts';
import { QUIET } from '../../shared/telemetry.ts';
import { callerCredentials } from '../../tagging/ec2/credentials.ts';

/**
 * The intake of a ledger in AWS, with the settings of the deployed function from the environment. Throws an
 * `InvalidInputError` that names all missing settings.
 */
export const tablesIntake = (
  dynamodb: DynamoDBClient,
  store: EventStore,
  stateTable: string,
  env: Env,
): ReturnType<typeof request> => {
  const settings = readSettings({ ...env, STATE_TABLE: stateTable }, INTAKE_SETTINGS, INTAKE_SWITCHES);
  return deployedIntake(settings, {
    ledger: { store, eventFormat: readEventFormat(env), now: () => new Date() },
    telemetry: QUIET,
    dynamodb,
    traced: (client) => client,
    ec2Credentials: callerCredentials,
  })();
};
