import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { type Cause, eventIdOf, type TagEvent, type TagObserved, type Who } from '../events/tag-event.ts';
import { andGiveBack, giveBack } from './give-back.ts';

/** A change of a resource's tags that somebody else made. */
export interface TagChange {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
  readonly set: readonly Tag[];
  /** `all` if the call named no key, which removes every user tag. */
  readonly removed: readonly string[] | 'all';
  /** Removed only if the resource had the key with exactly this value. */
  readonly removedIf?: readonly Tag[];
  /** Keys whose value may have arrived incomplete. */
  readonly uncertain?: readonly string[];
}

/**
 * Records a change of tags that tagledger did not make. Of a conditional removal, it records only the keys
 * whose condition was met as far as the ledger knows. A change without effect is not recorded.
 */
export const observeTags =
  (stream: ResourceArn, { cause, who, at, set, removed, removedIf = [], uncertain = [] }: TagChange) =>
  (resource: Resource): TagEvent[] => {
    const eventId = eventIdOf('observe', stream, cause.id);
    if (resource.seen.includes(eventId)) return giveBack(stream, resource, eventId, at);
    const gone = removed === 'all' ? removed : [...removed, ...metIn(resource, removedIf)];
    if (set.length + gone.length + uncertain.length === 0) return [];
    const observed: TagObserved = {
      type: 'TagObserved',
      eventId,
      effectiveAt: at,
      cause,
      who,
      how: 'change',
      set: sortedTags(set),
      removed: gone === 'all' ? gone : [...new Set(gone)].sort(),
      ...(uncertain.length > 0 && { notes: uncertain.map((key) => ({ key, note: 'uncertain' as const })) }),
    };
    return andGiveBack(stream, resource, observed);
  };

const metIn = (resource: Resource, tags: readonly Tag[]): string[] => {
  const known = new Map(resource.tags.map(({ key, value }) => [key, value]));
  return tags.flatMap(({ key, value }) => (known.get(key) === value ? [key] : []));
};
