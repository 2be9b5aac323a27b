import type { FoldedEvent } from '../events/fold/act.ts';
import { SHOWN_WITHIN_MS } from '../events/fold/replay.ts';
import { isAmong } from '../events/recorded-event.ts';
import { isOpen } from '../events/request.ts';
import { pendingKeys, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { type Cause, eventIdOf, type TagEvent, type TagObserved } from '../events/tag-event.ts';
import type { TagFact } from '../events/tag-fact.ts';

/** The tags that EC2 shows on a resource. */
export interface Sighting {
  /** The sweep, or the request before which EC2 was asked. Its id makes the event id of what it records unique within a stream. */
  readonly cause: Cause;
  /** When EC2 was queried, ISO 8601. */
  readonly at: string;
  /**
   * Not after `at`. EC2 certainly shows what happened before this moment, but perhaps not what came later.
   */
  readonly settledAt: string;
  /** All of its user tags. */
  readonly tags: readonly Tag[];
}

/** How long EC2 may not yet show a change, including a clock difference of some minutes. */
const SETTLED_MS = 10 * 60_000;

/** Until when EC2 certainly shows what happened, if it is queried at a moment. */
export const settledBefore = (at: string): string => new Date(Date.parse(at) - SETTLED_MS).toISOString();

/**
 * Records the difference between the tags that EC2 shows and those in the ledger; nothing if there is none, unless it was
 * not known whether the resource exists, and its tags show that it does. A
 * sweep never contradicts facts from `settledAt` or later, keys that an open request is about to set, or a
 * deleted resource. The event takes effect when EC2 was queried, later than everything that it contradicts,
 * so it is the latest fact about its keys.
 *
 * Where tags were copied to the resource that nobody has seen, and it was created before `settledAt`, EC2 shows all of
 * them, which is recorded also if there is no difference. A key that a request is about to set then counts as well.
 */
export const observeSweep =
  (stream: ResourceArn, { cause, at, settledAt, tags }: Sighting) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('sweep', stream, cause.id);
    const { cleared = '' } = resource;
    if (isAmong(events, eventId) || resource.retired || cleared >= settledAt) return [];

    const facts = new Map(resource.tags.map((fact) => [fact.key, fact]));
    const pending = pendingKeys(resource);
    const isOpenToDoubt = (key: string, fact: TagFact | undefined) =>
      !pending.has(key) && (fact === undefined || fact.at < settledAt);

    const allSeen = resource.unseenTags === true && (resource.born?.at ?? at) < settledAt;
    const isCopied = isCopiedTo(resource);

    const shown = new Map(tags.map(({ key, value }) => [key, value]));
    const set = tags.filter((tag) => {
      const fact = facts.get(tag.key);
      return (allSeen && isCopied(tag)) || (fact?.value !== tag.value && isOpenToDoubt(tag.key, fact));
    });
    const removed = resource.tags.filter(
      (fact) => fact.value !== null && !shown.has(fact.key) && isOpenToDoubt(fact.key, fact),
    );
    const isNews = allSeen || showsThatItExists(resource, { at, tags });
    if (set.length + removed.length === 0 && !isNews) return [];
    return [shownBy({ cause, at }, { eventId, set, removed: removed.map(({ key }) => key), allSeen })];
  };

/** The event of what EC2 showed: the tags that are news, the keys that are gone, and whether these are all tags. */
export const shownBy = (
  { cause, at }: Pick<Sighting, 'cause' | 'at'>,
  {
    eventId,
    set,
    removed,
    allSeen,
  }: Pick<TagObserved, 'eventId'> & {
    readonly set: readonly Tag[];
    readonly removed: string[];
    readonly allSeen: boolean;
  },
): TagObserved => ({
  type: 'TagObserved',
  eventId,
  effectiveAt: at,
  cause,
  how: 'sweep',
  set: sortedTags(set),
  removed,
  ...(allSeen && { allSeen }),
});

/** EC2 shows what ended for a while, so only a later look proves anything. */
const showsThatItExists = ({ uncertain }: Resource, { at, tags }: Pick<Sighting, 'at' | 'tags'>): boolean =>
  uncertain !== undefined && tags.length > 0 && Date.parse(at) - Date.parse(uncertain.at) >= SHOWN_WITHIN_MS;

/**
 * Tells whether a tag that EC2 shows is one that nobody told of. One that an open request is about to set is not: it may be the
 * work of an attempt whose outcome was lost.
 */
export const isCopiedTo = ({ tags, requests }: Resource): ((shown: Tag) => boolean) => {
  const known = new Set(tags.map(({ key }) => key));
  const pending = new Map(
    requests.filter(isOpen).flatMap((request) => request.pending.map(({ key, value }) => [key, value])),
  );
  return ({ key, value }) => !known.has(key) && pending.get(key) !== value;
};
