import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Cause, eventIdOf, type TagEvent, type Who } from '../events/tag-event.ts';

/** The deletion of a resource. */
export interface Ending {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
}

/**
 * Records a resource's deletion, once. The ledger need not have seen the resource:
 * its creation may still arrive.
 */
export const retireResource =
  (stream: ResourceArn, { cause, who, at }: Ending) =>
  (resource: Resource): TagEvent[] => {
    if (resource.retired) return [];
    return [
      {
        type: 'ResourceRetired',
        eventId: eventIdOf('retire', stream, cause.id),
        effectiveAt: at,
        cause,
        who,
      },
    ];
  };
