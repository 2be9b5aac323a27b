import { DescribeTagsCommand, type DescribeTagsCommandOutput } from '@aws-sdk/client-ec2';
import { isUserKey } from '../../cloudtrail/body/body-tags.ts';
import type { Tag } from '../../events/tag.ts';
import { type Called, callEc2, type Ec2, type RepeatedCall } from './call.ts';

/** EC2 takes at most 200 values in the filters of a call (its own message, FilterLimitExceeded). */
export const IDS_PER_LOOK = 200;

/** A page has at most 1,000 tags (EC2 API reference, DescribeTags). */
const TAGS_PER_PAGE = 1_000;

/**
 * The user tags of up to {@link IDS_PER_LOOK} resources of one account and Region, by id. Resources that have
 * none or do not exist are missing from the answer. Retries as `callEc2` does; never rejects.
 */
export const describeTags = async (
  ec2: Ec2,
  ids: readonly string[],
  waiting: RepeatedCall,
): Promise<Called<ReadonlyMap<string, readonly Tag[]>>> => {
  const tags = new Map<string, Tag[]>();
  let NextToken: string | undefined;
  do {
    const input = { Filters: [{ Name: 'resource-id', Values: [...ids] }], MaxResults: TAGS_PER_PAGE };
    const called: Called<DescribeTagsCommandOutput> = await callEc2(
      () => ec2.send(new DescribeTagsCommand({ ...input, ...(NextToken && { NextToken }) })),
      waiting,
    );
    if (!called.ok) return called;
    for (const { ResourceId = '', Key: key = '', Value: value = '' } of called.answer.Tags ?? []) {
      if (isUserKey(key)) tags.set(ResourceId, [...(tags.get(ResourceId) ?? []), { key, value }]);
    }
    NextToken = called.answer.NextToken;
  } while (NextToken);
  return { ok: true, answer: tags };
};
