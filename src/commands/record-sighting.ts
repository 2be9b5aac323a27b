import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { BASELINE, eventIdOf, type TagEvent } from '../events/tag-event.ts';
import { settledBefore } from './observe-sweep.ts';

/** A resource that AWS showed when it was asked what exists. */
export interface ShownResource {
  readonly arn: ResourceArn;
  /** When AWS was asked, ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** All of its user tags. */
  readonly tags: readonly Tag[];
}

/**
 * Records that a resource existed with these tags and no others, once for each moment and set of tags. It is recorded
 * also where the ledger says the same already: a record that is read later may tell of another value before that
 * moment, and the answers must not depend on which of the two is read first. What it changes is decided by the fold.
 */
export const recordSighting =
  ({ arn, at, tags }: ShownResource) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const set = sortedTags(tags);
    const eventId = eventIdOf(BASELINE, arn, JSON.stringify([at, set.map(({ key, value }) => [key, value])]));
    if (isAmong(events, eventId)) return [];
    return [
      {
        type: 'TagObserved',
        eventId,
        effectiveAt: at,
        cause: { source: 'tagledger', id: at, name: BASELINE },
        how: 'sweep',
        set,
        removed: [],
        complete: { settledAt: settledBefore(at) },
      },
    ];
  };
