import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { dynamodbCoordinationStore } from '../../adapters/dynamodb/coordination-store.ts';
import { kmsPseudonymizer } from '../../adapters/kms/pseudonymizer.ts';
import { composeIntake, type IntakeParts } from '../../intake/compose-intake.ts';
import type { CredentialsOf } from '../../tagging/ec2/credentials.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import type { Settings } from '../runtime/settings.ts';
import { askEc2 } from './instances-of-launch.ts';

/** The settings that the intake needs, for `readSettings`. */
export const INTAKE_SETTINGS = ['TAG_RULES', 'TAGGER_ROLE_ARN'] as const;
/** The switches of its parts, each with the settings that it needs when it is on. */
export const INTAKE_SWITCHES = ['RECOVER_OMITTED', 'IDENTITY_JOIN', 'HASH_IDENTITIES'] as const;

/** The clients of an intake in AWS. */
export interface IntakeClients extends Pick<IntakeParts, 'ledger' | 'telemetry' | 'credentialsOf'> {
  readonly dynamodb: DynamoDBClient;
  /** Takes a new client, and gives it back with tracing where there is any. */
  readonly traced: <C extends EC2Client | KMSClient>(client: C) => C;
  /** The credentials with which EC2 is asked for what CloudTrail left out; called by the first such question. */
  readonly ec2Credentials: () => CredentialsOf | Promise<CredentialsOf>;
}

/** The intake of a ledger in AWS, as {@link composeIntake}: of the deployed functions, and of the command line. */
export const deployedIntake = (
  settings: Settings<(typeof INTAKE_SETTINGS)[number], (typeof INTAKE_SWITCHES)[number]>,
  { dynamodb, traced, ec2Credentials, ...fixed }: IntakeClients,
): ReturnType<typeof composeIntake> => {
  // A switch that is on has its settings: `readSettings` refuses it without them.
  const { TAG_RULES, TAGGER_ROLE_ARN, STATE_TABLE = '', IDENTITY_KEY_ID = '' } = settings;
  return composeIntake(settings, {
    ...fixed,
    rules: parseTagRules(TAG_RULES),
    taggerRoleArn: TAGGER_ROLE_ARN,
    instancesOf: () => askEc2(traced, ec2Credentials),
    coordination: () => dynamodbCoordinationStore(dynamodb, STATE_TABLE),
    openPseudonymizer: () => kmsPseudonymizer(traced(new KMSClient()), IDENTITY_KEY_ID),
  });
};
