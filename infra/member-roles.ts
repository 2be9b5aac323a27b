import { Aws, type CfnCondition, CfnResource, type Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { memberRoles } from './members.ts';
import { CHILD_LOOKS, onlyKeys, TAGGABLE } from './uses-ec2.ts';

/** Where the hub is. */
export interface Hub {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** What the roles are made with. */
export interface HubRolesProps {
  readonly hub: Hub;
  readonly externalId: string;
  readonly tagKeys: readonly string[];
  /** Whether there are to be roles. */
  readonly condition: CfnCondition;
}

/** What each of the roles is for, which functions of the hub may assume it, and what it may do. */
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
 * The roles that functions of the hub assume, with the external id. Each is for the functions that need it, by the names
 * of their roles, which outlive a hub that is made anew. What only looks cannot tag.
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
