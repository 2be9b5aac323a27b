import type { AssumeRoleCommandInput, Credentials, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { classifyFailure, passesWithTime } from '../tagging/classify-failure.ts';
import { readSettings } from './settings.ts';

/** What a client of the SDK takes for its credentials, and asks again shortly before they end. */
export type Provider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}>;

/** The credentials to call an account with; undefined where the function's own are right. */
export type CredentialsOf = (account: string) => Provider | undefined;

/** The role that every member account has for tagledger. */
export interface MemberRole {
  readonly roleName: string;
  /** Which the role's trust policy asks for, so that nobody can have the hub assume a role for somebody else. */
  readonly externalId: string;
}

/** What assuming a role in another account needs from outside. */
export interface MemberCredentialsDeps extends MemberRole {
  /** The invocation under way: it tells the function's own account, and names the session. */
  readonly invocation: () => Pick<Context, 'awsRequestId' | 'invokedFunctionArn'>;
  readonly assume: (input: AssumeRoleCommandInput) => Promise<Credentials | undefined>;
  /** In milliseconds. */
  readonly now: () => number;
}

/** The longest session of a role that is assumed by another role (IAM user guide, "role chaining"). */
const SESSION_SECONDS = 3_600;
/** A refusal is believed for so long: a group of a thousand resources would ask a thousand times otherwise. */
const REFUSED_MS = 60_000;

/**
 * The credentials of member accounts, by AWS STS. A session bears the id of the invocation that opened it, so that
 * CloudTrail's records in the member account lead to the log lines of the function that called; which call set which tags is
 * told by the request id in `TagApplied`. A provider rejects with the error of STS, which is classified like one of EC2.
 */
export const memberCredentials = (deps: MemberCredentialsDeps): CredentialsOf => {
  const providers = new Map<string, Provider>();
  return (account) => {
    const [, partition, , , home] = deps.invocation().invokedFunctionArn.split(':');
    if (account === home) return undefined;
    const provider =
      providers.get(account) ?? sessionOf(deps, `arn:${partition}:iam::${account}:role/${deps.roleName}`);
    providers.set(account, provider);
    return provider;
  };
};

const sessionOf = (
  { externalId, invocation, assume, now }: MemberCredentialsDeps,
  RoleArn: string,
): Provider => {
  let refused: { readonly error: unknown; readonly until: number } | undefined;
  return async () => {
    if (refused && now() < refused.until) throw refused.error;
    try {
      const session = await assume({
        RoleArn,
        RoleSessionName: invocation().awsRequestId,
        ExternalId: externalId,
        DurationSeconds: SESSION_SECONDS,
      });
      refused = undefined;
      return credentialsIn(session, RoleArn);
    } catch (error) {
      if (!passesWithTime(classifyFailure(error))) refused = { error, until: now() + REFUSED_MS };
      throw error;
    }
  };
};

const credentialsIn = (session: Credentials | undefined, roleArn: string): Awaited<ReturnType<Provider>> => {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = session ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error(`AWS STS answered without credentials for ${roleArn}: try again`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
};

/** Asks AWS STS. Its client is loaded by the first question: a function without member accounts never has one. */
export const assumeRole = (): MemberCredentialsDeps['assume'] => {
  let client: STSClient | undefined;
  return async (input) => {
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
    client ??= new STSClient();
    return (await client.send(new AssumeRoleCommand(input))).Credentials;
  };
};

/**
 * The credentials of member accounts that an environment asks for; undefined where all calls are made with the
 * function's own. Throws one `InvalidInputError` that names all settings that are missing or wrong.
 */
export const readMemberCredentials = (
  env: Readonly<Record<string, string | undefined>>,
  invocation: MemberCredentialsDeps['invocation'],
): CredentialsOf | undefined => {
  const { MEMBER_ROLE_NAME: roleName, MEMBER_EXTERNAL_ID: externalId } = readSettings(
    env,
    [],
    ['MEMBER_ACCOUNTS'],
  );
  if (!roleName || !externalId) return undefined;
  return memberCredentials({ roleName, externalId, invocation, assume: assumeRole(), now: Date.now });
};
