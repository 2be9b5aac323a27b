import { isTheirs, pendingKeys, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { eventIdOf, type TagEvent, type TagRequested } from '../events/tag-event.ts';
import { TAGLEDGER } from './give-back.ts';

/** What a resource's rules demand of it, and how often it may be healed. */
export interface Remedy {
  /** Which rules asked for the tags, and the keys on which they win over others. */
  readonly demand: Pick<TagRequested, 'rules' | 'overwrite'>;
  readonly tags: readonly Tag[];
  readonly at: string;
  /** How often a resource is healed on one day (UTC) at most. */
  readonly limit: number;
}

/**
 * Asks again for what rules demand and somebody removed, or changed where a rule wins over others. Nothing is asked for
 * a key that somebody set to a value of their own, nor more often than the limit of the day allows.
 */
export const healTags =
  (stream: ResourceArn, remedy: Remedy) =>
  (resource: Resource): TagEvent[] => {
    const { demand, at, limit } = remedy;
    const lacking = lackingTags(resource, remedy);
    const eventId = healIds(stream, at, limit).find((id) => !resource.seen.includes(id));
    if (lacking.length === 0 || !eventId) return [];
    const overwrite = (demand.overwrite ?? []).filter((key) => lacking.some((tag) => tag.key === key));
    return [
      {
        type: 'TagRequested',
        eventId,
        effectiveAt: at,
        cause: { source: 'tagledger', id: eventId, name: 'heal' },
        who: TAGLEDGER,
        ...(demand.rules && { rules: demand.rules }),
        tags: lacking,
        ...(overwrite.length > 0 && { overwrite }),
        attempt: 1,
      },
    ];
  };

/** What a resource lacks of what is demanded, and no request is about to set. */
export const lackingTags = (resource: Resource, { demand, tags }: Pick<Remedy, 'demand' | 'tags'>): Tag[] => {
  if (resource.retired) return [];
  const facts = new Map(resource.tags.map((fact) => [fact.key, fact]));
  const pending = pendingKeys(resource);
  return tags.filter(({ key, value }) => {
    const fact = facts.get(key);
    if (!fact || fact.value === value || pending.has(key)) return false;
    return !isTheirs(fact) || (demand.overwrite?.includes(key) ?? false);
  });
};

/** The ids of the heals that a day has room for. */
const healIds = (stream: ResourceArn, at: string, limit: number): readonly string[] =>
  Array.from({ length: limit }, (_, n) => eventIdOf('heal', stream, `${at.slice(0, 10)}/${n + 1}`));
