import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Ec2 } from '../tagging/call-ec2.ts';

/** One client of EC2 for each Region, with the function's own credentials whatever the account. */
export const ec2ByRegion = (
  traced: (client: EC2Client) => EC2Client,
  config: Pick<EC2ClientConfig, 'maxAttempts'> = {},
): ((account: string, region: string) => Ec2) => {
  const clients = new Map<string, EC2Client>();
  return (_account, region) => {
    const client = clients.get(region) ?? traced(new EC2Client({ region, ...config }));
    clients.set(region, client);
    return client;
  };
};
