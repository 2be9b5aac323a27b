import type { EC2Client } from '@aws-sdk/client-ec2';
import type { InstancesOf } from '../../intake/recover-launch.ts';
import type { Ec2 } from '../../tagging/ec2/call.ts';
import type { CredentialsOf } from '../../tagging/ec2/credentials.ts';

/**
 * Queries EC2 for the instances of a launch. The client is loaded at the first query: few invocations need
 * it, and loading it at start-up would double the function's start-up time.
 */
export const askEc2 = (
  traced: (client: EC2Client) => EC2Client,
  openCredentials: () => CredentialsOf | Promise<CredentialsOf>,
): InstancesOf => {
  let clients: ((account: string, region: string) => Ec2) | undefined;
  return async (account, region, hints) => {
    const [{ ec2Clients }, { describeLaunch }] = await Promise.all([
      import('../runtime/ec2-clients.ts'),
      import('../../tagging/ec2/describe-launch.ts'),
    ]);
    clients ??= ec2Clients(traced, { credentialsOf: await openCredentials() });
    return describeLaunch(clients(account, region), account, hints);
  };
};
