import { isOpen, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { TagEvent } from '../events/tag-event.ts';
import { observeTags, type TagChange } from './observe-tags.ts';

/**
 * Records the part of a change without a known actor that is new to the ledger. A tag that tagledger is
 * setting is not news, because the change may arrive before the outcome of the request. Neither is a value of
 * a key that tagledger set at this moment or later: it may be an echo of an earlier value of tagledger's. If
 * a person set it, CloudTrail reports that.
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
