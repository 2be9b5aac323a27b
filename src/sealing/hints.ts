import * as v from 'valibot';
import { compareAndSwap } from '../coordination/compare-and-swap.ts';
import type { CoordinationStore, StoredMemo } from '../coordination/coordination-store.ts';
import type { Place } from '../events/event-store.ts';
import { idFrom } from '../events/hash-chain.ts';
import { END_OF_TIME } from '../shared/time.ts';

/**
 * A hint that streams have events up to these places that may not be sealed yet. It may come late, twice or
 * never.
 */
export interface Hint {
  readonly memo: StoredMemo;
  readonly places: readonly (readonly [stream: string, seq: number])[];
}

const KIND = 'unsealed';
/** The most streams in one memo, which then has about 50 KB. */
const STREAMS = 500;
const AFTERWARDS_MS = 3600_000;

const PlacesSchema = v.array(v.tuple([v.string(), v.number()]));

/** Leaves hints that these events were appended, in few small writes. Repeating it is harmless. */
export const leaveHints = async (
  coordination: CoordinationStore,
  events: readonly Place[],
  now: Date,
): Promise<void> => {
  const places = [...farthest(events.map(({ stream, seq }) => [stream, seq]))];
  for (let i = 0; i < places.length; i += STREAMS) {
    const some = places.slice(i, i + STREAMS);
    const id = idFrom('tagledger/unsealed/v1', ...some.flatMap(([stream, seq]) => [stream, String(seq)]));
    await compareAndSwap(coordination, `${KIND}/${id}`, () => ({ value: some, dueAt: now.toISOString() }));
  }
};

/** The highest seq of each stream among these places. */
export const farthest = (
  places: readonly (readonly [stream: string, seq: number])[],
): Map<string, number> => {
  const last = new Map<string, number>();
  for (const [stream, seq] of places) last.set(stream, Math.max(seq, last.get(stream) ?? 0));
  return last;
};

/** Up to `limit` open hints, the oldest first. */
export const openHints = async (coordination: CoordinationStore, limit: number): Promise<Hint[]> => {
  const keys = await coordination.due(KIND, END_OF_TIME, limit);
  const stored = new Map((await coordination.get(keys)).map((memo) => [memo.key, memo]));
  return keys.flatMap((key) => {
    const memo = stored.get(key);
    const parsed = v.safeParse(PlacesSchema, memo?.value);
    // The index lags a little: this hint was handled a moment ago.
    return memo?.dueAt && parsed.success ? [{ memo, places: parsed.output }] : [];
  });
};

/** Closes hints that were handled. A hint that was left again meanwhile stays open. */
export const takeHints = async (
  coordination: CoordinationStore,
  hints: readonly Hint[],
  now: Date,
): Promise<void> => {
  const expiresAt = new Date(now.getTime() + AFTERWARDS_MS);
  for (const { memo } of hints) await coordination.swap({ key: memo.key, value: [], expiresAt }, memo);
};
