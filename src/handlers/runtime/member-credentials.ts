import type { AssumeRoleCommandInput, Credentials, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { homeOfFunction } from '../../intake/direct-call.ts';
import { classifyFailure, passesWithTime } from '../../tagging/ec2/classify-failure.ts';
import { type CredentialsOf, ownCredentials, type Provider } from '../../tagging/ec2/credentials.ts';
import { readSettings } from './settings.ts';

/** The role that tagledger assumes in every member account. */
interface MemberRole {
  readonly roleName: string;
  /**
   * The external id that the role's trust policy requires. It prevents others from making the hub assume the
   * role on their behalf (confused deputy).
   */
  readonly externalId: string;
}

/** The dependencies of {@link memberCredentials}. */
export interface MemberCredentialsDeps extends MemberRole {
  /** Returns the current invocation, which identifies the function's own account and names the session. */
  readonly invocation: () => Pick<Context, 'awsRequestId' | 'invokedFunctionArn'>;
  readonly assume: (input: AssumeRoleCommandInput) => Promise<Credentials | undefined>;
  /** The time in ms since the epoch. */
  readonly now: () => number;
}

/** The longest session of a role that another role assumes (IAM user guide, "role chaining"). */
const SESSION_SECONDS = 3_600;
/**
 * How long a refusal is cached. Without the cache, a group of a thousand resources would call STS a thousand
 * times.
 */
const REFUSED_MS = 60_000;

/**
 * Provides credentials for member accounts through AWS STS. A session is named after the id of the invocation
 * that opened it, so CloudTrail records in the member account lead to the function's log lines. The request
 * id in `TagApplied` shows which call set which tags. A provider rejects with the STS error, which is
 * classified like an EC2 error.
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
    throw new Error(`AWS STS answered without credentials for ${roleArn}. Try again.`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
};

/**
 * Assumes roles through AWS STS. The client is loaded at the first call, so a function without member
 * accounts never loads it.
 */
const assumeRole = (): MemberCredentialsDeps['assume'] => {
  let client: STSClient | undefined;
  return async (input) => {
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
    client ??= new STSClient();
    return (await client.send(new AssumeRoleCommand(input))).Credentials;
  };
};

/**
 * Reads a function's credentials: its own for its own account and, if `MEMBER_ACCOUNTS` is on, those of a
 * role for every other account. Throws one `InvalidInputError` that names every missing or invalid setting.
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
