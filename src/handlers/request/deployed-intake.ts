import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { kmsPseudonymizer } from '../../adapters/kms/pseudonymizer.ts';
import type { Ledger } from '../../commands/transact.ts';
import { composeIntake } from '../../intake/compose-intake.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { CredentialsOf } from '../../tagging/ec2/credentials.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import type { Settings } from '../runtime/settings.ts';
import { askEc2 } from './instances-of-launch.ts';

/** The settings that the intake needs, for `readSettings`. */
export const INTAKE_SETTINGS = ['TAG_RULES', 'TAGGER_ROLE_ARN'] as const;
/** The switches of its parts, each with the settings that it needs when it is on. */
export const INTAKE_SWITCHES = ['RECORD_ALL', 'RECOVER_OMITTED', 'IDENTITY_JOIN', 'HASH_IDENTITIES'] as const;

/** The clients of an intake in AWS. */
export interface IntakeClients {
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** The credentials by which resources of an account can be tagged; absent where that is not asked. */
  readonly credentialsOf?: CredentialsOf;
  readonly dynamodb: DynamoDBClient;
  /** Takes a new client, and gives it back with tracing where there is any. */
  readonly traced: <C extends EC2Client | KMSClient>(client: C) => C;
  /** The credentials with which EC2 is asked for what CloudTrail left out; called by the first such question. */
  readonly ec2Credentials: () => CredentialsOf | Promise<CredentialsOf>;
}

/**
 * The intake of a ledger in AWS, as {@link composeIntake}: of the deployed functions, and of the command line. Without
 * `TAG_RULES` it only observes.
 */
export const deployedIntake = (
  settings: Settings<never, (typeof INTAKE_SWITCHES)[number]> &
    Partial<Record<(typeof INTAKE_SETTINGS)[number], string>>,
  { dynamodb, traced, ec2Credentials, ...fixed }: IntakeClients,
): ReturnType<typeof composeIntake> => {
  const { TAG_RULES, TAGGER_ROLE_ARN, STATE_TABLE, IDENTITY_KEY_ID } = settings;
  return composeIntake(settings, {
    ...fixed,
    rules: TAG_RULES === undefined ? undefined : parseTagRules(TAG_RULES),
    ...(TAGGER_ROLE_ARN && { taggerRoleArn: TAGGER_ROLE_ARN }),
    instancesOf: () => askEc2(traced, ec2Credentials),
    // A switch that is on has its settings: without them it was refused when they were read.
    coordination: () => dynamodbCoordinationStore(dynamodb, STATE_TABLE as string),
    openPseudonymizer: () => kmsPseudonymizer(traced(new KMSClient()), IDENTITY_KEY_ID as string),
  });
};
