import type { EventStore } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { resourceEvents } from '../../events/resource-events.ts';
import type { EventDifference } from './difference.ts';

/** Compares the events of an archive with those of its ledger. It keeps one number per event in memory. */
export interface EventComparison {
  /** Takes an event of the archive. */
  readonly hold: (event: RecordedEvent) => void;
  /** Whether an event of that place was taken. */
  readonly has: (stream: ResourceArn, seq: number) => boolean;
  /** Compares what was taken with the ledger, once. Returns how many events the ledger and the archive have. */
  readonly compare: (
    store: Pick<EventStore, 'readAll'>,
  ) => Promise<{ readonly events: number; readonly archived: number }>;
}

/**
 * The first 48 bits of a hash. A number takes an eighth of the memory of the text, and 48 bits tell the few
 * events that could be at one place apart.
 */
const shortOf = ({ hash }: RecordedEvent): number => Number.parseInt(hash.slice(0, 12), 16);

/** Starts a comparison that tells of each difference. */
export const eventComparison = (onDifference: (difference: EventDifference) => void): EventComparison => {
  let [events, archived] = [0, 0];
  const differ = (kind: EventDifference['kind'], { stream, seq }: { stream: ResourceArn; seq: number }) =>
    onDifference({ kind, stream, seq });
  const held = new Map<ResourceArn, Map<number, number>>();
  return {
    hold(event) {
      const { stream, seq } = event;
      const seqs = held.get(stream) ?? new Map<number, number>();
      held.set(stream, seqs);
      const there = seqs.get(seq);
      if (there !== undefined && there !== shortOf(event)) differ('differs', event);
      if (there === undefined) archived += 1;
      seqs.set(seq, there ?? shortOf(event));
    },

    has: (stream, seq) => held.get(stream)?.has(seq) === true,

    async compare(store) {
      for await (const event of resourceEvents(store)) {
        events += 1;
        const { stream, seq } = event;
        const seqs = held.get(stream);
        const there = seqs?.get(seq);
        if (there === undefined) differ('missing', event);
        else if (there !== shortOf(event)) differ('differs', event);
        seqs?.delete(seq);
      }
      for (const [stream, seqs] of held) for (const seq of seqs.keys()) differ('unexpected', { stream, seq });
      return { events, archived };
    },
  };
};
