import { Aws } from 'aws-cdk-lib';
import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

/** The accounts whose resources are tagged in addition to the hub's own: set exactly one of the two. */
export interface MembersProps {
  /** All accounts of this AWS Organizations organization. */
  readonly organizationId?: string;
  /** The account ids. */
  readonly accounts?: readonly string[];
  /** The external id that the roles in the member accounts require, as set in the member stack. */
  readonly externalId: string;
}

/** The member accounts, as the functions use them. */
export interface Members {
  readonly externalId: string;
  /** The names of the roles that each member account has for tagledger. */
  readonly roles: MemberRoles;
  /** Returns the ARNs of the roles with this name, in any account or in the listed ones. */
  readonly roleArns: (roleName: string) => readonly string[];
}

/** The names of the two roles, which are separate so that only the function that tags can tag. */
export interface MemberRoles {
  readonly tagger: string;
  readonly reader: string;
}

/** The names of the roles that a hub with this name assumes in member accounts. */
export const memberRoles = (name: string): MemberRoles => ({
  tagger: `${name}-member-tagger`,
  reader: `${name}-member-reader`,
});

/** Resolves the member accounts. Throws unless exactly one of `organizationId` and `accounts` is set. */
export const membersOf = (
  name: string,
  { organizationId, accounts = [], externalId }: MembersProps,
): Members => {
  if ((organizationId !== undefined) === accounts.length > 0) {
    throw new Error(
      'Member accounts are named by either organizationId or accounts. Set exactly one of them.',
    );
  }
  const among = organizationId === undefined ? accounts : ['*'];
  return {
    externalId,
    roles: memberRoles(name),
    roleArns: (role) => among.map((account) => `arn:${Aws.PARTITION}:iam::${account}:role/${role}`),
  };
};

/**
 * The bus to which member accounts, and nobody else, can forward events. A member cannot forge events of AWS:
 * EventBridge accepts the source `aws.*` only from AWS and from forwarding rules.
 */
export const memberBus = (
  scope: Construct,
  name: string,
  { organizationId, accounts = [] }: MembersProps,
): EventBus => {
  const bus = new EventBus(scope, 'MemberBus', {
    eventBusName: name,
    description: 'tagledger: events of member accounts',
  });
  new CfnEventBusPolicy(scope, 'MemberBusPolicy', {
    eventBusName: bus.eventBusName,
    statementId: 'Members',
    statement: {
      Sid: 'Members',
      Effect: 'Allow',
      Principal:
        organizationId === undefined
          ? { AWS: accounts.map((account) => `arn:${Aws.PARTITION}:iam::${account}:root`) }
          : '*',
      Action: 'events:PutEvents',
      Resource: bus.eventBusArn,
      ...(organizationId !== undefined && {
        Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
      }),
    },
  });
  return bus;
};
