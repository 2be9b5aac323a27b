import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Cause, eventIdOf, type TagEvent, type Who } from '../events/tag-event.ts';

/** That a resource was deleted. */
export interface Ending {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
}

/** Records a resource's end, once; also for one that the ledger has not seen, whose birth may still arrive late. */
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
