import { setTimeout as delay } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { parseArn, type ResourceArn } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import { describeTags, IDS_PER_LOOK } from '../../src/tagging/ec2/describe-tags.ts';

/** The tags of these resources as EC2 shows them; a resource that bears none is not among them. */
export const whatEc2Shows = async (
  ec2: EC2Client,
  streams: readonly ResourceArn[],
): Promise<ReadonlyMap<string, Tag[]>> => {
  const found = new Map<string, Tag[]>();
  for (let i = 0; i < streams.length; i += IDS_PER_LOOK) {
    const some = streams.slice(i, i + IDS_PER_LOOK);
    const ids = some.map((stream) => parseArn(stream).id);
    const answer = await describeTags(ec2, ids, { sleep: delay, remainingMs: () => 60_000 });
    if (!answer.ok) throw new Error(`EC2 did not show the tags: ${answer.failure.message}`);
    for (const [n, stream] of some.entries()) {
      const shown = answer.answer.get(ids[n] ?? '');
      if (shown) found.set(stream, [...shown]);
    }
  }
  return found;
};
