import { isOpen, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { observeTags, type TagChange } from './observe-tags.ts';

/**
 * Records what the ledger does not know of a change by nobody in particular. A tag that tagledger itself is setting
 * is no news either: the event may be here before the outcome of the request is. Nor is, of a key that tagledger set at
 * this moment or later: it may be an echo of what tagledger had set before, and CloudTrail tells it when a person did.
 */
export const observeNews =
  (stream: ResourceArn, change: TagChange) =>
  (resource: Resource): TagEvent[] => {
    const known = new Map(resource.tags.map(({ key, value }) => [key, value]));
    const ours = new Set(
      resource.tags.flatMap((fact) => (fact.ours && fact.at >= change.at ? [fact.key] : [])),
    );
    const requested = resource.requests.filter(isOpen).flatMap(({ pending }) => pending);
    const set = change.set.filter(
      (tag) =>
        known.get(tag.key) !== tag.value &&
        !ours.has(tag.key) &&
        !requested.some(({ key, value }) => key === tag.key && value === tag.value),
    );
    const removed =
      change.removed === 'all' ? 'all' : change.removed.filter((key) => known.get(key) !== null);
    return set.length + removed.length > 0 ? observeTags(stream, { ...change, set, removed })(resource) : [];
  };
