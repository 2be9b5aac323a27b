import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent } from '../events/tag-event.ts';
import { isCopiedTo, type Sighting, shownBy } from './observe-sweep.ts';

/**
 * Records what EC2 shows of a resource before it is tagged, as far as nothing is known of a key: tags that were copied
 * to it. If all its tags were unseen until now, that they are seen is recorded also if there are none. Known keys stay as they
 * are, because EC2 may not show their latest change yet.
 */
export const observeCopiedTags =
  (stream: ResourceArn, { cause, at, tags }: Omit<Sighting, 'settledAt'>) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('sweep', stream, cause.id);
    const allSeen = resource.unseenTags === true;
    const set = tags.filter(isCopiedTo(resource));
    if (isAmong(events, eventId) || resource.retired || (set.length === 0 && !allSeen)) return [];
    return [shownBy({ cause, at }, { eventId, set, removed: [], allSeen })];
  };
