import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import type { Hints } from '../../cloudtrail/body/omission.ts';
import type { Ec2 } from './call.ts';

/**
 * The instances of one launch in `account`, by its reservation, or else by the client token that its caller chose;
 * none where EC2 knows none (any more). Rejects with the client's errors.
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
      // Another account may use the same token.
      if (OwnerId === account) instances.push(...Instances);
    }
    next = page.NextToken;
  } while (next);
  return instances;
};

/** A filter's value takes `*` and `?` for any text and any character, unless a backslash stands before (EC2 user guide, "Filtering"). */
const literal = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
