import pMap from 'p-map';
import type { EventStore, Place } from '../events/event-store.ts';
import { type RecordedEvent, UnreadableEventError } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { groupBy } from '../shared/collections.ts';
import { nextOf, type Sealable, type StreamBreak, wholeOf } from './check/stream-break.ts';
import type { SealedHead } from './log/sealed-heads.ts';

/** The highest known seq of each stream. */
export type Known = ReadonlyMap<string, number>;

type Heads = ReadonlyMap<string, SealedHead>;

const READS_AT_ONCE = 16;

/**
 * Finds the events of these streams that can be sealed, up to the known places. Costs about one read per
 * event.
 */
export const pendingEventsOf = async (
  store: Pick<EventStore, 'find' | 'read'>,
  known: Known,
  heads: Heads,
): Promise<Sealable[]> => {
  const places = [...known].flatMap(([stream, until]): Place[] => {
    const sealed = heads.get(stream)?.seq ?? 0;
    const count = Math.max(0, until - sealed);
    return Array.from({ length: count }, (_, i) => ({ stream: stream as ResourceArn, seq: sealed + 1 + i }));
  });
  try {
    const found = groupBy(await store.find(places), ({ stream }) => stream as string);
    return [...known].map(([stream, until]) =>
      nextOf(stream, heads.get(stream), bySeq(found.get(stream) ?? []), until),
    );
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    // One event cannot be read. Read each stream alone, so that only the stream of that event fails.
    return pMap([...known], ([stream, until]) => readAlone(store, stream, until, heads.get(stream)), {
      concurrency: READS_AT_ONCE,
    });
  }
};

const readAlone = async (
  store: Pick<EventStore, 'read'>,
  stream: string,
  until: number,
  sealed: SealedHead | undefined,
): Promise<Sealable> => {
  try {
    return wholeOf(stream, sealed, await store.read(stream as ResourceArn), until);
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    return { events: [], broken: breakOf(error) };
  }
};

/** The break that an unreadable event causes. */
export const breakOf = ({ stream, seq, why }: UnreadableEventError): StreamBreak => ({
  stream,
  seq,
  kind: 'unreadable',
  why,
});

const bySeq = (events: readonly RecordedEvent[]): RecordedEvent[] => events.toSorted((a, b) => a.seq - b.seq);
