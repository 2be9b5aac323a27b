import { arnOf, type ResourceArn } from './resource-arn.ts';

/**
 * The stream of the policies of a ledger. Its name has the form of an ARN, as the names of all streams have; no type of
 * EC2 and no account is called so, and what reads resources leaves it out.
 */
export const POLICY_STREAM: ResourceArn = arnOf({
  region: 'us-east-1',
  account: '000000000000',
  type: 'tagledger-policy',
  id: 'policies',
});

/** Whether a stream holds the ledger's policies, and is no resource's. */
export const isPolicyStream = (stream: string): boolean => stream === POLICY_STREAM;
