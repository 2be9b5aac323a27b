import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Cause, eventIdOf, type ResourceRetired, type TagEvent, type Who } from '../events/tag-event.ts';

/** The deletion of a resource. */
export interface Ending extends Pick<ResourceRetired, 'uncertain' | 'endedWith'> {
  readonly cause: Cause;
  /** Absent if nobody is named. */
  readonly who?: Who | undefined;
  readonly at: string;
  /** Whether the call found the resource already ended, or about to end. */
  readonly isRepeated?: boolean;
}

/**
 * Records a call that deleted a resource, or what else tells of its end, once; the fold decides which one ended it. The
 * ledger need not have seen the resource: its creation may still arrive.
 */
export const retireResource =
  (stream: ResourceArn, { cause, who, at, isRepeated, uncertain, endedWith }: Ending) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('retire', stream, cause.id);
    if (isAmong(events, eventId)) return [];
    return [
      {
        type: 'ResourceRetired',
        eventId,
        effectiveAt: at,
        cause,
        ...(who && { who }),
        ...(isRepeated && { repeated: true }),
        ...(uncertain !== undefined && { uncertain }),
        ...(endedWith !== undefined && { endedWith }),
      },
    ];
  };

/**
 * Records a notice of an end, which names nobody, unless the ledger knows who ended the resource, and that this was not
 * later. Only for resources whose ids never return, because then the notice tells nothing.
 */
export const retireByNotice =
  (stream: ResourceArn, ending: Ending) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] =>
    isEndKnown(resource, ending) ? [] : retireResource(stream, ending)(resource, events);

/** Whether it is known who ended a resource, not later than an end of which something tells. */
export const isEndKnown = ({ retired }: Resource, { at }: Pick<Ending, 'at'>): boolean =>
  retired?.who !== undefined && retired.at <= at;
