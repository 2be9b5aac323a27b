import type { Resource } from '../events/resource.ts';
import type { TagEvent, TagObserved } from '../events/tag-event.ts';

/**
 * What a writer of format 1 records of an event; undefined if format 1 cannot say it. It judges by what the ledger
 * knows at the moment, as versions before format 2 did: of the tags that a call removed on a condition, the keys
 * that meet it now, and of a repeated deletion, that the resource has ended.
 */
export const inFormat1 = (event: TagEvent, resource: Resource): TagEvent | undefined => {
  switch (event.type) {
    case 'TagObserved':
      return observedInFormat1(event, resource);
    case 'ResourceRetired': {
      const { repeated, ...rest } = event;
      return repeated && resource.retired ? undefined : rest;
    }
    case 'ResourceRestored':
    case 'CoverageRecorded':
      return undefined;
    default:
      return event;
  }
};

const observedInFormat1 = (
  { removedIf, version: _, observing: __, ...event }: TagObserved,
  { tags }: Resource,
): TagObserved | undefined => {
  const { set, removed, notes, how } = event;
  if (!removedIf || removed === 'all') return event;
  const known = new Map(tags.map(({ key, value }) => [key, value]));
  const met = removedIf.filter(({ key, value }) => known.get(key) === value).map(({ key }) => key);
  const isNothing = set.length + removed.length + met.length + (notes?.length ?? 0) === 0;
  return how === 'change' && isNothing
    ? undefined
    : { ...event, removed: [...new Set([...removed, ...met])].sort() };
};
