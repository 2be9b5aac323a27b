import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import type { Hints } from '../../cloudtrail/body/omission.ts';
import type { Ec2 } from './call.ts';

/**
 * The instances of one launch in `account`, found by its reservation, or else by the client token of its
 * caller. Empty if EC2 does not know any, or no longer does. Rejects with the client's errors.
 */
export const describeLaunch = async (
  ec2: Ec2,
  account: string,
  { reservation, clientToken }: Hints,
): Promise<Instance[]> => {
  const filter = reservation
    ? { Name: 'reservation-id', Values: [literal(reservation)] }
    : { Name: 'client-token', Values: [literal(clientToken ?? '')] };
  const instances: Instance[] = [];
  let next: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [filter],
        MaxResults: 1_000,
        ...(next && { NextToken: next }),
      }),
    );
    for (const { OwnerId, Instances = [] } of page.Reservations ?? []) {
      // Another account may use the same client token.
      if (OwnerId === account) instances.push(...Instances);
    }
    next = page.NextToken;
  } while (next);
  return instances;
};

/**
 * Escapes `*` and `?`, which match any text and any character in a filter value, and the backslash that
 * escapes them (EC2 user guide, "Filtering").
 */
const literal = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
