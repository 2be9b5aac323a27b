import { pendingKeys, type Resource, type TagFact } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { type Cause, eventIdOf, type TagEvent, type TagObserved } from '../events/tag-event.ts';

/** What EC2 shows of a resource. */
export interface Sighting {
  /** The sweep; its id makes what it records of a resource unique. */
  readonly cause: Cause;
  /** When EC2 was asked, ISO 8601. */
  readonly at: string;
  /** Not after `at`: what happened before this moment EC2 shows for certain, and what came later perhaps not. */
  readonly settledAt: string;
  /** All of its user tags. */
  readonly tags: readonly Tag[];
}

/**
 * Records in what the tags that EC2 shows differ from those that the ledger knows, and nothing where they do not. Facts
 * that are not settled contradict nothing, nor does a key that an open request is about to set, nor a resource that
 * ended. The event is of the moment of the look, later than all that it contradicts: so it is the last word on its keys.
 */
export const observeSweep =
  (stream: ResourceArn, { cause, at, settledAt, tags }: Sighting) =>
  (resource: Resource): TagEvent[] => {
    const eventId = eventIdOf('sweep', stream, cause.id);
    const { cleared = '' } = resource;
    if (resource.seen.includes(eventId) || resource.retired || cleared >= settledAt) return [];

    const facts = new Map(resource.tags.map((fact) => [fact.key, fact]));
    const pending = pendingKeys(resource);
    const isOpenToDoubt = (key: string, fact: TagFact | undefined) =>
      !pending.has(key) && (fact === undefined || fact.at < settledAt);

    const shown = new Map(tags.map(({ key, value }) => [key, value]));
    const set = tags.filter(({ key, value }) => {
      const fact = facts.get(key);
      return fact?.value !== value && isOpenToDoubt(key, fact);
    });
    const removed = resource.tags.filter(
      (fact) => fact.value !== null && !shown.has(fact.key) && isOpenToDoubt(fact.key, fact),
    );
    if (set.length + removed.length === 0) return [];
    const observed: TagObserved = {
      type: 'TagObserved',
      eventId,
      effectiveAt: at,
      cause,
      how: 'sweep',
      set: sortedTags(set),
      removed: removed.map(({ key }) => key),
    };
    return [observed];
  };
