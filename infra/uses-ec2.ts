import { Aws } from 'aws-cdk-lib';
import * as looks from '../src/tagging/children/child-queries.ts';
import { ANY, type Grant, on, type Use } from './need.ts';

/** Putting the tags of the rules on resources of this account: no other keys, and no removal. */
export const tags: Use = ({ tagKeys }) => ({
  grants: [{ ...on('ec2', ['CreateTags'], ...TAGGABLE), conditions: onlyKeys(tagKeys) }],
});

/** Everything of this account that EC2 tags, and the types whose ARNs name no account. */
export const TAGGABLE: readonly string[] = [
  `arn:${Aws.PARTITION}:ec2:*:${Aws.ACCOUNT_ID}:*`,
  ...['image', 'snapshot', 'fpga-image'].map((type) => `arn:${Aws.PARTITION}:ec2:*::${type}/*`),
];

/**
 * Each tag of a call has one of these keys, and there is one: without any, the first condition alone would
 * hold.
 */
export const onlyKeys = (tagKeys: readonly string[]): NonNullable<Grant['conditions']> => ({
  'ForAllValues:StringEquals': { 'aws:TagKeys': tagKeys },
  Null: { 'aws:TagKeys': 'false' },
});

/** The calls that look for children that no record names, and at the tags that were copied to a resource. */
export const CHILD_LOOKS: readonly string[] = [
  ...new Set(Object.values(looks).map(({ action }) => action)),
].sort();

/** Looking for children, and at copied tags. */
export const findsChildren: Use = () => ({ grants: [on('ec2', CHILD_LOOKS, ...ANY)] });

/** Looking for the instances that CloudTrail left out of the record of a launch. */
export const recovers: Use = () => ({ grants: [on('ec2', ['DescribeInstances'], ...ANY)] });

/** Looking at the tags that resources have. */
export const looksAtTags: Use = () => ({ grants: [on('ec2', ['DescribeTags'], ...ANY)] });

/** Acting in member accounts by one of the roles that they have for tagledger. */
export const actsInMembers =
  (as: 'tagger' | 'reader'): Use =>
  ({ members }) => {
    if (!members) return {};
    const role = members.roles[as];
    return {
      env: { MEMBER_ACCOUNTS: 'on', MEMBER_ROLE_NAME: role, MEMBER_EXTERNAL_ID: members.externalId },
      grants: [on('sts', ['AssumeRole'], ...members.roleArns(role))],
    };
  };
