import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TamperDetected } from '../events/tag-event.ts';

/** One thing that was found to be tampered with. */
export interface TamperIncident
  extends Pick<TamperDetected, 'how' | 'tampered' | 'seqs' | 'what' | 'expected' | 'found'> {
  /** The same whenever the same is found. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds; see `TamperDetectedSchema`. */
  readonly at: string;
}

/** Records incidents in the stream that `tamperStreamOf` names for what they are about, each once. */
export const recordTampering =
  (stream: ResourceArn, incidents: readonly TamperIncident[]) =>
  ({ seen }: Resource): TagEvent[] => {
    const events = incidents.map(
      ({ id, at, ...incident }): TamperDetected => ({
        type: 'TamperDetected',
        eventId: eventIdOf('tampering', stream, id),
        effectiveAt: at,
        ...incident,
      }),
    );
    const fresh = new Map(events.map((event) => [event.eventId, event]));
    for (const eventId of seen) fresh.delete(eventId);
    return [...fresh.values()];
  };
