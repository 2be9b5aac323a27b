import { evolve, pendingKeys, type Resource, type TagFact } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TagRequested, type Who } from '../events/tag-event.ts';

/** Who asks where nobody did: tagledger itself. */
export const TAGLEDGER: Who = { name: 'tagledger', kind: 'Tagledger' };

/**
 * An event, and after it the request that gives people back what it shows to be taken from them: a value that somebody
 * set on a key before tagledger did, of which the ledger learnt only now. CloudTrail tells of a person's tag minutes
 * after it is there, and EC2 has no call that sets a tag only where there is none.
 */
export const andGiveBack = (stream: ResourceArn, resource: Resource, event: TagEvent): TagEvent[] => {
  const { effectiveAt } = event;
  const after = evolve(resource, { seq: resource.lastSeq + 1, recordedAt: effectiveAt, event });
  return [event, ...giveBack(stream, after, event.eventId, effectiveAt)];
};

/**
 * The request that gives back what is owed; none when nothing is. Derived from the state alone, so a decision that was
 * cut off after its first event can ask again.
 */
export const giveBack = (
  stream: ResourceArn,
  resource: Resource,
  causeId: string,
  at: string,
): TagRequested[] => {
  if (resource.retired) return [];
  const pending = pendingKeys(resource);
  const owed = resource.tags.filter((fact) => isOwed(fact) && !pending.has(fact.key));
  const eventId = eventIdOf('give-back', stream, owed.map(({ key, seq }) => `${seq} ${key}`).join('\n'));
  if (owed.length === 0 || resource.seen.includes(eventId)) return [];
  return [
    {
      type: 'TagRequested',
      eventId,
      effectiveAt: at,
      cause: { source: 'tagledger', id: causeId, name: 'give-back' },
      who: TAGLEDGER,
      tags: owed.map(({ key, theirs }) => ({ key, value: theirs?.value ?? '' })),
      attempt: 1,
    },
  ];
};

const isOwed = ({ ours, wins, value, theirs }: TagFact): boolean =>
  ours && !wins && theirs !== undefined && theirs.value !== null && theirs.value !== value;
