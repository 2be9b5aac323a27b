import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import { fold, pendingKeys } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TagRequested, type Who } from '../events/tag-event.ts';
import type { TagFact } from '../events/tag-fact.ts';

/** The actor of requests that tagledger makes of its own accord. */
export const TAGLEDGER: Who = { name: 'tagledger', kind: 'Tagledger' };

/**
 * The events of a stream with one more, as if it had been recorded. What a decision yields depends on what the
 * stream says with it.
 */
export const withNext = (events: readonly FoldedEvent[], event: TagEvent): readonly FoldedEvent[] => [
  ...events,
  { seq: (events.at(-1)?.seq ?? 0) + 1, recordedAt: event.effectiveAt, event },
];

/**
 * An event, and after it the request that gives back the values which the event shows to have been replaced:
 * values that somebody set before tagledger did, and that the ledger learned of only now. CloudTrail reports
 * a person's tag minutes after it was set, and EC2 has no call that sets a tag only if its key is absent.
 */
export const andGiveBack = (
  stream: ResourceArn,
  events: readonly FoldedEvent[],
  event: TagEvent,
): TagEvent[] => [event, ...giveBack(stream, withNext(events, event), event.eventId, event.effectiveAt)];

/**
 * The request that gives back all values that are owed; none if nothing is. It is derived from the stream
 * alone, so a decision that was cut off after its first event can request it again.
 */
export const giveBack = (
  stream: ResourceArn,
  events: readonly FoldedEvent[],
  causeId: string,
  at: string,
): TagRequested[] => {
  const resource = fold(events);
  if (resource.retired) return [];
  const pending = pendingKeys(resource);
  const owed = resource.tags.filter((fact) => isOwed(fact) && !pending.has(fact.key));
  const eventId = eventIdOf('give-back', stream, owed.map(({ key, seq }) => `${seq} ${key}`).join('\n'));
  if (owed.length === 0 || isAmong(events, eventId)) return [];
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
