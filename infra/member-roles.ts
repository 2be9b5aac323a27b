import { Aws, type CfnCondition, CfnResource, type Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { memberRoles } from './members.ts';
import { CHILD_LOOKS, onlyKeys, TAGGABLE } from './uses-ec2.ts';

/** The location of the hub. */
export interface Hub {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The properties of the roles. */
export interface HubRolesProps {
  readonly hub: Hub;
  readonly externalId: string;
  readonly tagKeys: readonly string[];
  /** The condition under which the roles are created. */
  readonly condition: CfnCondition;
}

/** The purpose of each role, the functions of the hub that can assume it, and its permissions. */
const ROLES = {
  tagger: {
    does: 'sets tags, and looks for what they belong on',
    functions: ['apply', 'redrive'],
    looks: [...CHILD_LOOKS, 'DescribeInstances'],
    isTagging: true,
  },
  reader: {
    does: 'looks at tags, and at the instances of launches',
    functions: ['request', 'sweep'],
    looks: ['DescribeInstances', 'DescribeTags'],
    isTagging: false,
  },
} as const;

/**
 * Creates the roles that functions of the hub assume with the external id. Each trusts only the functions
 * that need it, by the names of their roles, which stay valid when the hub is recreated. The read-only role
 * cannot tag.
 */
export const hubRoles = (stack: Stack, { hub, externalId, tagKeys, condition }: HubRolesProps): void => {
  const names = memberRoles(hub.name);
  for (const [kind, { does, functions, looks, isTagging }] of Object.entries(ROLES)) {
    const role = new Role(stack, `${kind}Role`, {
      roleName: names[kind as keyof typeof ROLES],
      description: `tagledger: ${does}`,
      assumedBy: new AccountPrincipal(hub.account).withConditions({
        ArnEquals: {
          'aws:PrincipalArn': functions.map(
            (name) => `arn:${Aws.PARTITION}:iam::${hub.account}:role/${hub.name}-${name}`,
          ),
        },
        StringEquals: { 'sts:ExternalId': externalId },
      }),
    });
    const policy = new ManagedPolicy(stack, `${kind}Policy`, {
      description: `tagledger: ${does}`,
      statements: [
        new PolicyStatement({ actions: looks.map((look) => `ec2:${look}`).sort(), resources: ['*'] }),
        ...(isTagging
          ? [
              new PolicyStatement({
                actions: ['ec2:CreateTags'],
                resources: [...TAGGABLE],
                conditions: onlyKeys(tagKeys),
              }),
            ]
          : []),
      ],
      roles: [role],
    });
    for (const made of [role, policy]) {
      if (made.node.defaultChild instanceof CfnResource)
        made.node.defaultChild.cfnOptions.condition = condition;
    }
  }
};
