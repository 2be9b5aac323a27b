/** What a client of the SDK takes for its credentials, and asks again shortly before they end. */
export type Provider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}>;

/**
 * The credentials to call an account with: the process's own where they are of that account, those that a provider
 * gives for it, or none.
 */
export type CredentialsOf = (account: string) => 'own' | 'none' | Provider;

/**
 * An account would have to be called with the credentials of another one. EC2 takes ids and no ARNs: it would tag a
 * resource of that other account. Its name is the code of the failure, which is final.
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

/** The process's own credentials, for its own account and no other. `own` is asked at each call. */
export const ownCredentials =
  (own: () => string): CredentialsOf =>
  (account) =>
    account === own() ? 'own' : 'none';

/**
 * The credentials of the command line, for their account and no other. Asks AWS STS which account that is; no policy can
 * forbid the question. Rejects with the error of STS.
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
