import { Aws } from 'aws-cdk-lib';
import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

/** Whose resources are tagged beside the hub's own. */
export interface MembersProps {
  /** All accounts of this organization of AWS Organizations... */
  readonly organizationId?: string;
  /** ...or these accounts. One of the two. */
  readonly accounts?: readonly string[];
  /** What the roles in the member accounts ask for: the same text as in the member stack. */
  readonly externalId: string;
}

/** The member accounts as functions see them. */
export interface Members {
  readonly externalId: string;
  /** The names of the roles that each of them has for tagledger. */
  readonly roles: MemberRoles;
  /** The ARNs of the roles of that name, in any account or in those that are listed. */
  readonly roleArns: (roleName: string) => readonly string[];
}

/** Of two roles, because only what tags may tag. */
export interface MemberRoles {
  readonly tagger: string;
  readonly reader: string;
}

/** The names of the roles that a hub of this name looks for in member accounts. */
export const memberRoles = (name: string): MemberRoles => ({
  tagger: `${name}-member-tagger`,
  reader: `${name}-member-reader`,
});

/** The member accounts that are meant; throws where neither or both ways of naming them are used. */
export const membersOf = (
  name: string,
  { organizationId, accounts = [], externalId }: MembersProps,
): Members => {
  if ((organizationId !== undefined) === accounts.length > 0) {
    throw new Error(
      'got member accounts that are named by both or neither of organizationId and accounts: use one',
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
 * The bus to which member accounts forward their events; nobody else may put anything on it. Events that say they are
 * AWS's own cannot be made up by a member: EventBridge takes the source `aws.*` from nobody but AWS, and from rules that forward.
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
