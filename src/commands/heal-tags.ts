import { isAmong, type RecordedEvent } from '../events/recorded-event.ts';
import { pendingKeys, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { eventIdOf, type TagEvent, type TagRequested } from '../events/tag-event.ts';
import { isTheirs } from '../events/tag-fact.ts';
import { TAGLEDGER } from './give-back.ts';

/** What its rules demand of a resource, and how often it may be healed. */
export interface Remedy {
  /** Which rules the tags come from, and the keys that these may overwrite. */
  readonly demand: Pick<TagRequested, 'rules' | 'overwrite'>;
  readonly tags: readonly Tag[];
  readonly at: string;
  /** How often a resource is healed on one day (UTC) at most. */
  readonly limit: number;
}

/**
 * Requests demanded tags again if somebody removed them, or changed them and a rule may overwrite the key.
 * Other values that people set are left alone. A resource is healed at most `limit` times a day.
 */
export const healTags =
  (stream: ResourceArn, remedy: Remedy) =>
  (resource: Resource, events: readonly RecordedEvent[]): TagEvent[] => {
    const { demand, at, limit } = remedy;
    const lacking = lackingTags(resource, remedy);
    const eventId = healIds(stream, at, limit).find((id) => !isAmong(events, id));
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

/**
 * The demanded tags that the resource lacks and that no open request is about to set. A key that the ledger
 * has never seen on the resource does not count.
 */
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

/** The event ids of all heals that the limit allows on a day. */
const healIds = (stream: ResourceArn, at: string, limit: number): readonly string[] =>
  Array.from({ length: limit }, (_, n) => eventIdOf('heal', stream, `${at.slice(0, 10)}/${n + 1}`));
