import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Cause, eventIdOf, type TagEvent, type Who } from '../events/tag-event.ts';

/** The deletion of a resource. */
export interface Ending {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
  /** Whether the call found the resource already ended, or about to end. */
  readonly isRepeated: boolean;
}

/**
 * Records a call that deleted a resource, once; the fold decides which call ended it. The ledger need not have
 * seen the resource: its creation may still arrive.
 */
export const retireResource =
  (stream: ResourceArn, { cause, who, at, isRepeated }: Ending) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('retire', stream, cause.id);
    if (isAmong(events, eventId)) return [];
    return [
      {
        type: 'ResourceRetired',
        eventId,
        effectiveAt: at,
        cause,
        who,
        ...(isRepeated && { repeated: true }),
      },
    ];
  };
