import type { Resource } from '../events/resource.ts';
import { type ResourceRetired, type TagEvent, type TagObserved, UNKNOWN_ACTOR } from '../events/tag-event.ts';

/**
 * What a writer of format 1 records of an event; undefined if format 1 cannot say it. It judges by what the ledger
 * knows at the moment, as versions before format 2 did: of the tags that a call removed on a condition, the keys
 * that meet it now, and of a repeated deletion, or one by nobody who is named, that the resource has ended. It cannot say that
 * tags were copied, nor that all of them were seen.
 */
export const inFormat1 = (event: TagEvent, resource: Resource): TagEvent | undefined => {
  switch (event.type) {
    case 'TagRequested': {
      const { endsWith: _, children: __, unseenTags: ___, ...rest } = event;
      return rest;
    }
    case 'TagObserved':
      return observedInFormat1(event, resource);
    case 'ResourceRetired':
      return retiredInFormat1(event, resource);
    case 'ResourceRestored':
    case 'DependencyObserved':
    case 'CoverageRecorded':
      return undefined;
    default:
      return event;
  }
};

const retiredInFormat1 = (
  { repeated, uncertain, endedWith, who = UNKNOWN_ACTOR, ...event }: ResourceRetired,
  { retired }: Resource,
): ResourceRetired | undefined => {
  const isNews = !(repeated || who === UNKNOWN_ACTOR) || !retired;
  return uncertain === undefined && endedWith === undefined && isNews ? { ...event, who } : undefined;
};

const observedInFormat1 = (
  {
    removedIf,
    version: _,
    observing: __,
    endsWith: ___,
    children: ____,
    unseenTags: _____,
    allSeen,
    complete,
    ...event
  }: TagObserved,
  { tags }: Resource,
): TagObserved | undefined => {
  // Format 1 can say neither that a resource existed nor that it had no other tags.
  if (complete) return undefined;
  const { set, removed, notes, how } = event;
  if (allSeen && set.length + removed.length === 0) return undefined;
  if (!removedIf || removed === 'all') return event;
  const known = new Map(tags.map(({ key, value }) => [key, value]));
  const met = removedIf.filter(({ key, value }) => known.get(key) === value).map(({ key }) => key);
  const isNothing = set.length + removed.length + met.length + (notes?.length ?? 0) === 0;
  return how === 'change' && isNothing
    ? undefined
    : { ...event, removed: [...new Set([...removed, ...met])].sort() };
};
