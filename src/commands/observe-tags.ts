import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
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
  /** Removed only if the resource had the key with exactly this value. Sorted by key and then by value. */
  readonly removedIf?: readonly Tag[];
  /** Keys whose value may have arrived incomplete. */
  readonly uncertain?: readonly string[];
  /** EventBridge's count of the changes of the resource's tags. */
  readonly version?: number;
}

/**
 * Records what a call said about tags that tagledger did not set, once, also if it changed nothing. What the
 * call did, such as whether the condition of a removal was met, is decided by the fold.
 */
export const observeTags =
  (stream: ResourceArn, change: TagChange) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const { cause, who, at, set, removed, removedIf = [], uncertain = [], version } = change;
    const eventId = eventIdOf('observe', stream, cause.id);
    if (isAmong(events, eventId)) return giveBack(stream, events, eventId, at);
    const observed: TagObserved = {
      type: 'TagObserved',
      eventId,
      effectiveAt: at,
      cause,
      who,
      how: 'change',
      set: sortedTags(set),
      removed: removed === 'all' ? removed : [...new Set(removed)].sort(),
      ...(removedIf.length > 0 && { removedIf: [...removedIf] }),
      ...(version !== undefined && { version }),
      ...(uncertain.length > 0 && { notes: uncertain.map((key) => ({ key, note: 'uncertain' as const })) }),
    };
    return andGiveBack(stream, events, observed);
  };
