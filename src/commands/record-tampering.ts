import type { FoldedEvent } from '../events/fold/act.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { eventIdOf, type TagEvent, type TamperDetected } from '../events/tag-event.ts';

/** One case of tampering. */
export interface TamperIncident
  extends Pick<TamperDetected, 'how' | 'tampered' | 'seqs' | 'what' | 'expected' | 'found'> {
  /** The same each time the same tampering is found. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds; see `TamperDetectedSchema`. */
  readonly at: string;
}

/** Records each incident once, in the stream that `tamperStreamOf` returns for what was tampered with. */
export const recordTampering =
  (stream: ResourceArn, incidents: readonly TamperIncident[]) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const found = incidents.map(
      ({ id, at, ...incident }): TamperDetected => ({
        type: 'TamperDetected',
        eventId: eventIdOf('tampering', stream, id),
        effectiveAt: at,
        ...incident,
      }),
    );
    const fresh = new Map(found.map((event) => [event.eventId, event]));
    for (const { event } of events) fresh.delete(event.eventId);
    return [...fresh.values()];
  };
