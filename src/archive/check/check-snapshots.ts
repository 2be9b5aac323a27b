import { isDeepStrictEqual } from 'node:util';
import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import { counts, type ResourceAt } from '../../projections/resource-at.ts';
import type { Catalogue, Snapshot } from '../catalogue.ts';
import { collectDeltas } from '../collect-deltas.ts';
import { foldDisputed, type StreamReader } from '../fold-disputed.ts';
import { PARTIAL_STATE_VERSION, unpackPartialState } from '../pack-partial-state.ts';
import {
  type Disputed,
  isDisputed,
  joinUndisputed,
  type PartialState,
  partialStateOf,
  resourceOf,
} from '../partial-state.ts';
import { planReading, planWith, type ReadingPlan } from '../reading-plan.ts';
import { fleetWith } from '../snapshot.ts';
import { type OnWrong, unlessUnreadable } from './difference.ts';

/**
 * Compares the snapshots of a catalogue with its segments, and with the ledger where only that tells what a resource was
 * like. Segments must be right: whoever calls this has compared them with the ledger. Calls `onWrong` with each snapshot
 * that gives other rows than the segments for its own moment. A snapshot that is right at its own moment is right for every
 * later one, because what a question reads beside it then is read here, too.
 *
 * Each snapshot is compared with the reading that was cheapest when it was made, from an earlier snapshot that is right. So
 * a check takes about as long as making the snapshots.
 */
export const checkSnapshots = async (
  objects: ReadOnlyObjectStore,
  ledger: StreamReader,
  catalogue: Catalogue,
  onWrong: OnWrong,
): Promise<void> => {
  const right: Snapshot[] = [];
  for (const snapshot of catalogue.snapshots) {
    // Those of another version are never read.
    if (snapshot.fold !== PARTIAL_STATE_VERSION) continue;
    const expected = planReading({ ...catalogue, snapshots: right }, snapshot);
    const given = planWith(catalogue.segments, snapshot);
    const name = `snapshots/${snapshot.id}`;
    let isRight = true;
    const wrong: OnWrong = (object, says) => {
      isRight = false;
      onWrong(object, says);
    };
    await unlessUnreadable(name, wrong, async () => {
      const says = await firstDifference(objects, ledger, snapshot, expected, given);
      if (says !== undefined) wrong(name, `${name} in the archive ${says}`);
    });
    if (isRight) right.push(snapshot);
  }
};

/** What is wrong with the first row that differs between two ways of reading a fleet; undefined if none does. */
const firstDifference = async (
  objects: ReadOnlyObjectStore,
  ledger: StreamReader,
  moment: Snapshot,
  expected: ReadingPlan,
  found: ReadingPlan,
): Promise<string | undefined> => {
  const read = async ({ snapshot, segments }: ReadingPlan) => {
    const beside = await collectDeltas(objects, segments, [], moment);
    return oneByOne(fleetWith(objects, snapshot, beside, unpackPartialState, (partial) => partial));
  };
  const [wanted, given] = [await read(expected), await read(found)];
  const isSame = (a: PartialState, b: PartialState) => isSameRow(ledger, moment, a, b);
  try {
    for (;;) {
      const [want, got] = [await wanted.next(), await given.next()];
      if (want.done && got.done) return undefined;
      if (want.done) return `has ${got.value?.arn}, of which no event counts`;
      if (got.done || got.value.arn > want.value.arn) return `lacks ${want.value.arn}`;
      if (got.value.arn < want.value.arn) return `has ${got.value.arn}, of which no event counts`;
      if (!(await isSame(want.value, got.value)))
        return `says of ${got.value.arn} what its events do not say`;
    }
  } finally {
    await wanted.return(undefined);
    await given.return(undefined);
  }
};

async function* oneByOne<T>(batches: AsyncIterable<Iterable<T>>): AsyncGenerator<T, undefined> {
  for await (const batch of batches) yield* batch;
  return undefined;
}

/**
 * Whether two partial states of a resource say the same. In which parts events were joined decides whether a dispute was
 * seen. So where one is disputed, what the other says of the moment is compared with the fold, and its marks with those of
 * the events in the ledger.
 */
const isSameRow = async (
  ledger: StreamReader,
  moment: Snapshot,
  wanted: PartialState,
  given: PartialState,
): Promise<boolean> => {
  if (!isDisputed(wanted) && !isDisputed(given)) return isDeepStrictEqual(wanted, given);
  const { arn, lastSeq } = wanted;
  if (given.lastSeq !== lastSeq) return false;
  if (!isDisputed(given)) {
    const events = (await ledger.read(arn)).filter((event) => event.seq <= lastSeq && counts(moment, event));
    if (!isDeepStrictEqual(given, joinUndisputed(events.map(partialStateOf)))) return false;
  }
  const folded = (await foldDisputed(ledger, moment, [{ arn, lastSeq, refold: true }])).get(arn);
  const isFold = (one: ResourceAt | Disputed) => isDisputed(one) || isDeepStrictEqual(one, folded);
  return isFold(resourceOf(given));
};
