/** A credential provider for an SDK client, which calls it again shortly before the credentials expire. */
export type Provider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}>;

/**
 * Chooses the credentials for calls to an account: `own` for the process's account, a provider for an account
 * that has one, or `none`.
 */
export type CredentialsOf = (account: string) => 'own' | 'none' | Provider;

/**
 * A call to an account would need another account's credentials. EC2 takes ids, not ARNs, so the call would
 * tag a resource of that other account. The error name is the failure code, and the failure is permanent.
 */
export class ForeignAccountError extends Error {
  override readonly name = 'ForeignAccount';
  readonly account: string;

  constructor(account: string) {
    super(
      `EC2 in account ${account} cannot be called with credentials of another account: turn on MEMBER_ACCOUNTS and deploy the member stack there, or use credentials of that account`,
    );
    this.account = account;
  }
}

/** Allows the process's own credentials for its own account only. `own` is called for each lookup. */
export const ownCredentials =
  (own: () => string): CredentialsOf =>
  (account) =>
    account === own() ? 'own' : 'none';

/**
 * Returns the command line's credentials, for their own account only. STS `GetCallerIdentity` names the
 * account; no policy can deny that call. Rejects with the STS error.
 */
export const callerCredentials = async (): Promise<CredentialsOf> => {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient();
  try {
    const { Account = '' } = await client.send(new GetCallerIdentityCommand());
    return ownCredentials(() => Account);
  } finally {
    client.destroy();
  }
};
