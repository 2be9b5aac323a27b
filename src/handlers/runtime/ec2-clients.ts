import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Ec2 } from '../../tagging/ec2/call.ts';
import { type CredentialsOf, ForeignAccountError } from './credentials.ts';

/** How clients of EC2 are to be. */
export interface Ec2ClientsOptions extends Pick<EC2ClientConfig, 'maxAttempts'> {
  /** With whose credentials accounts are called. */
  readonly credentialsOf: CredentialsOf;
}

/**
 * One client of EC2 for each account and Region, made when it is asked for and kept as long as the process: a
 * client keeps its connections, and its credentials until shortly before they end. Its credentials are of that account:
 * where there are none, every call is refused with a {@link ForeignAccountError}, and EC2 is not called.
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
