import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { Tag } from '../events/tag.ts';
import { callEc2, type Ec2, type Waiting } from './call-ec2.ts';

/**
 * Whether EC2 has a resource, asked by a dry run of CreateTags, the one call that takes every type; undefined where it
 * does not tell. `tag` is one that the caller may set.
 */
export const exists = async (
  ec2: Ec2,
  id: string,
  { key, value }: Tag,
  waiting: Waiting,
): Promise<boolean | undefined> => {
  const input = { DryRun: true, Resources: [id], Tags: [{ Key: key, Value: value }] };
  const called = await callEc2(() => ec2.send(new CreateTagsCommand(input)), waiting);
  if (called.ok) return undefined;
  const { code, class: failureClass } = called.failure;
  return code === 'DryRunOperation' ? true : failureClass === 'not-found' ? false : undefined;
};
