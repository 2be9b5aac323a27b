import { EC2Client } from '@aws-sdk/client-ec2';
import type { ApplyDeps } from './apply.ts';

/**
 * One client for each Region, with this function's own credentials. The repeats are ours, so that they know classes
 * and deadlines: the SDK's are off. `traced` has every client that is made.
 */
export const ec2Clients = (traced: (client: EC2Client) => EC2Client): ApplyDeps['ec2'] => {
  const clients = new Map<string, EC2Client>();
  return (_account, region) => {
    const client = clients.get(region) ?? traced(new EC2Client({ region, maxAttempts: 1 }));
    clients.set(region, client);
    return client;
  };
};
