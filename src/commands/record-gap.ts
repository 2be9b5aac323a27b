import type { FoldedEvent } from '../events/fold/act.ts';
import { idFrom } from '../events/hash-chain.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import { arnOf, isResourceArn, type ResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { type Cause, eventIdOf, GAP_TYPE, type TagEvent, type Who } from '../events/tag-event.ts';

/** A call that created, deleted or tagged resources which cannot be determined. */
export interface Gap {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
  /** What is missing and why, as a sentence. */
  readonly reason: string;
}

/**
 * The stream of a gap. Its name contains the id of the cause, or a short hash of it
 * if an ARN cannot contain the id.
 */
export const gapStream = (
  { account, region }: Pick<ResourceIdentity, 'account' | 'region'>,
  { id }: Cause,
): ResourceArn => {
  const arn = arnOf({ account, region, type: GAP_TYPE, id });
  return id.length <= MAX_ID && isResourceArn(arn)
    ? arn
    : arnOf({ account, region, type: GAP_TYPE, id: idFrom('tagledger/gap/v1', id) });
};

/** Longer than any id of CloudTrail's, and short enough for a DynamoDB key. */
const MAX_ID = 128;

/** Records a gap, once for each cause. */
export const recordGap =
  (stream: ResourceArn, { cause, who, at, reason }: Gap) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('gap', stream, cause.id);
    if (isAmong(events, eventId)) return [];
    return [{ type: 'GapFound', eventId, effectiveAt: at, cause, who, reason }];
  };
