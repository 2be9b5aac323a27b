import { answersOf } from '../reference/simulator.ts';
import { type Chance, chance } from '../simulation/chance.ts';
import { type Difference, differencesByOrder, differencesFromReference } from './compare.ts';
import { type ComparedRows, compareEventByEvent } from './event-by-event.ts';
import { momentsOf } from './moments.ts';
import { comparePartialStates } from './partial-states.ts';
import { type ProductAnswers, productAnswers } from './product-answers.ts';
import { type ReadTrail, readByProduct } from './read-by-product.ts';

/** A difference, and the order of reading in which it showed. */
export interface FoundDifference extends Difference {
  readonly order: string;
}

/** Is told of each stream whether the archive must fold it from its events, and how many rows were continued. */
type OnStream = (stream: { readonly isFolded: boolean } & Omit<ComparedRows, 'differences'>) => void;

/**
 * Lets the product read records forwards, backwards, shuffled, and shuffled with some of them twice, and compares
 * its answers in each order with the reference's and with those of the first order, and the partial states of the
 * archive, and the rows that are continued event by event, with the fold. The seed decides the shuffles. `onStream`
 * is told how often both needed the events of a stream.
 */
export const permuteTrail = async (
  records: readonly object[],
  seed: number,
  onStream: OnStream = () => {},
): Promise<FoundDifference[]> => {
  const moments = momentsOf(records);
  const reference = answersOf(records, moments);
  const found: FoundDifference[] = [];
  let first: Map<string, ProductAnswers> | undefined;
  for (const { order, how, given } of ordersOf(records, chance(seed))) {
    const read = await readByProduct(given, how);
    const answers = await productAnswers(read, moments);
    first ??= answers;
    const differences = [
      ...differencesFromReference(reference, answers, moments),
      ...differencesByOrder(first, answers),
      ...(await inStreams(read, moments, onStream)),
      ...(await inReading(read)),
    ];
    found.push(...differences.map((one) => ({ ...one, order })));
  }
  return found;
};

const inStreams = async (
  { store, states }: ReadTrail,
  moments: readonly string[],
  onStream: OnStream,
): Promise<Difference[]> => {
  const found: Difference[] = [];
  for await (const { arn } of states.list()) {
    const events = await store.read(arn);
    const { differences, isFolded } = comparePartialStates(events, moments);
    const rows = await compareEventByEvent(events);
    found.push(...differences, ...rows.differences);
    onStream({ isFolded, later: rows.later, continued: rows.continued });
  }
  return found;
};

const inReading = async ({ results, readAgain }: ReadTrail): Promise<Difference[]> => {
  const appendedAgain = await readAgain();
  const rejected = results.filter(({ outcome }) => outcome === 'rejected');
  return [
    ...(rejected.length > 0
      ? [{ kind: 'read: rejected', resource: '', expected: [], actual: rejected }]
      : []),
    ...(appendedAgain > 0
      ? [{ kind: 'read again: events appended', resource: '', expected: 0, actual: appendedAgain }]
      : []),
  ];
};

const ordersOf = (records: readonly object[], dice: Chance) =>
  [
    { order: 'forwards', how: 'at-once', given: records },
    { order: 'backwards', how: 'one-by-one', given: records.toReversed() },
    { order: 'shuffled', how: 'at-once', given: shuffled(records, dice) },
    {
      order: 'shuffled with repetitions',
      how: 'one-by-one',
      given: shuffled([...records, ...records.filter(() => dice.happens(0.3))], dice),
    },
  ] as const;

const shuffled = <T>(items: readonly T[], dice: Chance): T[] => {
  const rest = [...items];
  return items.flatMap(() => rest.splice(dice.below(rest.length), 1));
};
