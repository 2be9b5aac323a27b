import type { FoldedEvent } from '../events/fold/act.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { recordApplied } from './record-outcome.ts';

/** A CreateTags call of tagledger's own, as CloudTrail reports it. */
export interface OwnCall {
  /** When EC2 was called: CloudTrail's time, in whole seconds. */
  readonly at: string;
  readonly set: readonly Tag[];
  readonly awsRequestId?: string;
}

/**
 * Records outcomes that were lost between EC2's answer and their append: for each request whose attempt has
 * no outcome and whose tags the call set. It requests nothing, whatever the call set. A call from before the
 * attempt was recorded belongs to another attempt.
 */
export const confirmApplied =
  (stream: ResourceArn, { at, set, awsRequestId }: OwnCall) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const wasSet = ({ key, value }: Tag) => set.some((tag) => tag.key === key && tag.value === value);
    return resource.requests.flatMap((request) =>
      request.status === 'open' && !isBefore(at, request.asked) && request.pending.every(wasSet)
        ? recordApplied(
            stream,
            { request: request.id, attempt: request.attempt },
            { at, tags: request.pending, ...(awsRequestId && { awsRequestId }) },
          )(resource, events)
        : [],
    );
  };

/** Compares whole seconds, because a call in the same second may have come later. */
const isBefore = (at: string, asked: string): boolean =>
  Math.floor(Date.parse(at) / 1000) < Math.floor(Date.parse(asked) / 1000);
