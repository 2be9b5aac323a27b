import * as v from 'valibot';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { EventStore } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { compareLedger } from './check/compare-ledger.ts';
import type { Sealable, StreamBreak } from './check/stream-break.ts';
import { farthest, openHints, takeHints } from './hints.ts';
import { sealedHeads } from './log/sealed-heads.ts';
import { type Known, pendingEventsOf } from './pending-events.ts';
import type { Sealer } from './sealer.ts';

/** What a run of the sealer depends on. */
export interface RunDeps {
  readonly store: EventStore;
  readonly coordination: CoordinationStore;
  readonly sealer: Sealer;
  readonly now: () => Date;
  /** Whether there is time for another step. */
  readonly isTime: () => boolean;
}

/** What a run did. */
export interface SealRun {
  /** How many events it sealed. */
  readonly sealed: number;
  /** What prevented the sealing of streams. */
  readonly broken: readonly StreamBreak[];
  /** Whether the run was complete. */
  readonly isDone: boolean;
}

/** How many hints are handled at once: the events of some 10,000 streams. */
const HINTS = 20;
/** The most events sealed under one checkpoint. */
const EVENTS = 10_000;

/**
 * Seals the events that hints name, the oldest hint first. The cost depends on the new events, not on the
 * size of the fleet.
 */
export const sealHinted = async (deps: RunDeps): Promise<SealRun> => {
  const { coordination, now, isTime } = deps;
  const broken: StreamBreak[] = [];
  let sealed = 0;
  while (isTime()) {
    const hints = await openHints(coordination, HINTS);
    if (hints.length === 0) return { sealed, broken, isDone: true };
    const done = await sealPlaces(
      deps,
      hints.flatMap(({ places }) => places),
    );
    sealed += done.sealed;
    broken.push(...done.broken);
    await takeHints(coordination, hints, now());
  }
  return { sealed, broken, isDone: false };
};

/** Seals what is not sealed yet of the streams of these places, up to the last place of each. */
export const sealPlaces = async (
  { store, coordination, sealer }: Pick<RunDeps, 'store' | 'coordination' | 'sealer'>,
  places: readonly (readonly [stream: string, seq: number])[],
): Promise<Pick<SealRun, 'sealed' | 'broken'>> => {
  const known: Known = farthest(places);
  const heads = await sealedHeads(coordination, sealer.key.name, [...known.keys()]);
  const sealables = await pendingEventsOf(store, known, heads);
  const sealed = await sealAll(sealer, sealables);
  return { sealed, broken: sealables.flatMap((one) => one.broken ?? []) };
};

const CURSOR = 'seal/compare';
const CursorSchema = v.object({ origin: v.string(), after: v.nullable(v.string()) });

/**
 * Compares the whole ledger with what is sealed, and seals events that no hint named. It reads every event. A
 * run that runs out of time saves a cursor, and the next one continues from there.
 */
export const sealCompared = async (deps: RunDeps): Promise<SealRun> => {
  const { store, coordination, sealer, isTime } = deps;
  const origin = sealer.key.name;
  const [seen] = await coordination.get([CURSOR]);
  const cursor = v.safeParse(CursorSchema, seen?.value);
  const isUnderWay = cursor.success && cursor.output.origin === origin;
  let after = (isUnderWay && (cursor.output.after as ResourceArn | null)) || undefined;

  const broken: StreamBreak[] = [];
  let [sealed, isDone] = [0, true];
  for await (const part of compareLedger(
    store,
    (streams) => sealedHeads(coordination, origin, streams),
    after,
  )) {
    sealed += await sealAll(sealer, part.sealables);
    broken.push(...part.sealables.flatMap((one) => one.broken ?? []));
    after = part.after;
    isDone = isTime();
    if (!isDone) break;
  }
  // If another run has moved the cursor, its cursor stays.
  await coordination.swap({ key: CURSOR, value: { origin, after: isDone ? null : (after ?? null) } }, seen);
  return { sealed, broken, isDone };
};

/** Seals events in an order that keeps each stream together, and returns how many. */
const sealAll = async (sealer: Sealer, sealables: readonly Sealable[]): Promise<number> => {
  const events = sealables.flatMap((one) => one.events).toSorted(byPlace);
  for (let i = 0; i < events.length; i += EVENTS) await sealer.seal(events.slice(i, i + EVENTS));
  return events.length;
};

interface Placed {
  readonly stream: string;
  readonly seq: number;
}

/** An order that depends on the events alone, not on how they were read. */
const byPlace = (a: Placed, b: Placed): number =>
  a.stream === b.stream ? a.seq - b.seq : a.stream < b.stream ? -1 : 1;
