import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { recordApplied } from './record-outcome.ts';

/** A CreateTags call of tagledger's own, as CloudTrail brings it back. */
export interface OwnCall {
  /** When EC2 was called: CloudTrail's time, which is in whole seconds. */
  readonly at: string;
  readonly set: readonly Tag[];
  readonly awsRequestId?: string;
}

/**
 * Records the outcome that was lost between EC2's answer and its append: that of each request that waits for
 * the outcome of its attempt, and whose tags the call set. Asks for nothing, whatever the call set. A call that was made
 * before the attempt was asked for was another one's.
 */
export const confirmApplied =
  (stream: ResourceArn, { at, set, awsRequestId }: OwnCall) =>
  (resource: Resource): TagEvent[] => {
    const wasSet = ({ key, value }: Tag) => set.some((tag) => tag.key === key && tag.value === value);
    return resource.requests.flatMap((request) =>
      request.status === 'open' && !isBefore(at, request.asked) && request.pending.every(wasSet)
        ? recordApplied(
            stream,
            { request: request.id, attempt: request.attempt },
            { at, tags: request.pending, ...(awsRequestId && { awsRequestId }) },
          )(resource)
        : [],
    );
  };

/** What happened in the same second may have come after it. */
const isBefore = (at: string, asked: string): boolean =>
  Math.floor(Date.parse(at) / 1000) < Math.floor(Date.parse(asked) / 1000);
