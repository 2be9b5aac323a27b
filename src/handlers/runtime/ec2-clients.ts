import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Ec2 } from '../../tagging/ec2/call.ts';
import { type CredentialsOf, ForeignAccountError } from '../../tagging/ec2/credentials.ts';

/** The configuration of EC2 clients. */
export interface Ec2ClientsOptions extends Pick<EC2ClientConfig, 'maxAttempts'> {
  /** Chooses the credentials for each account. */
  readonly credentialsOf: CredentialsOf;
}

/**
 * Returns one EC2 client for each account and Region. A client is created at its first use and kept for the
 * life of the process, with its connections and, until shortly before they expire, its credentials. The
 * credentials always belong to that account: if there are none, every call rejects with a
 * {@link ForeignAccountError} and EC2 is not called.
 */
export const ec2Clients = (
  traced: (client: EC2Client) => EC2Client,
  { credentialsOf, ...config }: Ec2ClientsOptions,
): ((account: string, region: string) => Ec2) => {
  const clients = new Map<string, EC2Client>();
  return (account, region) => {
    const credentials = credentialsOf(account);
    if (credentials === 'none') return refusing(account);
    const key = `${account}/${region}`;
    const client =
      clients.get(key) ??
      traced(new EC2Client({ region, ...config, ...(credentials !== 'own' && { credentials }) }));
    clients.set(key, client);
    return client;
  };
};

const refusing = (account: string): Ec2 => ({
  send: () => Promise.reject(new ForeignAccountError(account)),
});
