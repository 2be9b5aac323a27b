import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type ResourceRestored, type TagEvent } from '../events/tag-event.ts';

/** Records, once, that a resource came back from the Recycle Bin. Its deletion may still arrive. */
export const restoreResource =
  (stream: ResourceArn, restoration: Pick<ResourceRestored, 'cause' | 'who'> & { readonly at: string }) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const { cause, who, at } = restoration;
    const eventId = eventIdOf('restore', stream, cause.id);
    if (isAmong(events, eventId)) return [];
    return [{ type: 'ResourceRestored', eventId, effectiveAt: at, cause, who }];
  };
