import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '../../events/event-store.ts';
import { deployedIntake, INTAKE_SETTINGS, INTAKE_SWITCHES } from '../../handlers/request/deployed-intake.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { type Env, readSettings } from '../../handlers/runtime/settings.ts';
import type { request } from '../../intake/intake.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { QUIET } from '../../shared/telemetry.ts';
import { callerCredentials } from '../../tagging/ec2/credentials.ts';

/** The settings of an intake that only observes: it must know tagledger's own calls. */
const OBSERVING_SETTINGS = ['TAGGER_ROLE_ARN'] as const;

/**
 * The intake of a ledger in AWS, with the settings of the deployed function from the environment. Without
 * `requestTags` it observes: it needs no rules, records facts and requests nothing. Throws an `InvalidInputError`
 * that names all missing settings, and for an observing intake that writes format 1, in which an event cannot say
 * that nothing should follow from it.
 */
export const tablesIntake = (
  dynamodb: DynamoDBClient,
  store: EventStore,
  stateTable: string,
  env: Env,
  requestTags: boolean,
): ReturnType<typeof request> => {
  const eventFormat = readEventFormat(env);
  if (!requestTags && eventFormat === 1)
    throw new InvalidInputError(
      'Observing into a ledger in AWS needs events of format 2, or the deployed functions would tag children of what was only observed. Set EVENT_FORMAT to 2 as soon as all functions read it (docs/deploy.md), or request tags with --request-tags.',
    );
  const named = { ...env, STATE_TABLE: stateTable };
  const needed = requestTags ? INTAKE_SETTINGS : OBSERVING_SETTINGS;
  return deployedIntake(readSettings(named, needed, INTAKE_SWITCHES), {
    ledger: { store, eventFormat, now: () => new Date() },
    telemetry: QUIET,
    dynamodb,
    traced: (client) => client,
    ec2Credentials: callerCredentials,
  })();
};
