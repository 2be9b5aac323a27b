import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import {
  type Cause,
  eventIdOf,
  SCHEMA_VERSION,
  type TagEvent,
  type TagObserved,
  type Who,
} from '../events/tag-event.ts';

/** That somebody else changed a resource's tags. */
export interface TagChange {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
  readonly set: readonly Tag[];
  /** `all` when the call named no key, which removes every user tag. */
  readonly removed: readonly string[] | 'all';
}

/** Records a change of tags that tagledger did not make. */
export const observeTags =
  (stream: ResourceArn, { cause, who, at, set, removed }: TagChange) =>
  (resource: Resource): TagEvent[] => {
    const eventId = eventIdOf('observe', stream, cause.id);
    if (resource.seen.includes(eventId)) return [];
    const observed: TagObserved = {
      type: 'TagObserved',
      schemaVersion: SCHEMA_VERSION,
      eventId,
      effectiveAt: at,
      cause,
      who,
      how: 'change',
      set: sortedTags(set),
      removed: removed === 'all' ? 'all' : [...removed].sort(),
    };
    return [observed];
  };
