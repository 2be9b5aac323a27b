import type { AssumeRoleCommandInput, Credentials, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { classifyFailure, passesWithTime } from '../../tagging/ec2/classify-failure.ts';
import { type CredentialsOf, ownCredentials, type Provider } from './credentials.ts';
import { readSettings } from './settings.ts';

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
    const invocation = deps.invocation();
    if (account === accountOfFunction(invocation)) return 'own';
    const [, partition] = invocation.invokedFunctionArn.split(':');
    const provider =
      providers.get(account) ?? sessionOf(deps, `arn:${partition}:iam::${account}:role/${deps.roleName}`);
    providers.set(account, provider);
    return provider;
  };
};

const accountOfFunction = ({ invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>): string =>
  homeOfFunction(invokedFunctionArn).account;

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
 * The credentials that a function has: its own for its own account and, where its environment turns `MEMBER_ACCOUNTS` on,
 * those of a role for every other one. Throws one `InvalidInputError` that names all settings that are missing or wrong.
 */
export const readCredentials = (
  env: Readonly<Record<string, string | undefined>>,
  invocation: MemberCredentialsDeps['invocation'],
): CredentialsOf => {
  const { MEMBER_ROLE_NAME: roleName, MEMBER_EXTERNAL_ID: externalId } = readSettings(
    env,
    [],
    ['MEMBER_ACCOUNTS'],
  );
  if (!roleName || !externalId) return ownCredentials(() => accountOfFunction(invocation()));
  return memberCredentials({ roleName, externalId, invocation, assume: assumeRole(), now: Date.now });
};
