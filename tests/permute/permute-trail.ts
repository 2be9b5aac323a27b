import { answersOf } from '../reference/simulator.ts';
import { type Chance, chance } from '../simulation/chance.ts';
import { type Difference, differencesByOrder, differencesFromReference } from './compare.ts';
import { momentsOf } from './moments.ts';
import { comparePartialStates } from './partial-states.ts';
import { type ProductAnswers, productAnswers } from './product-answers.ts';
import { type ReadTrail, readByProduct } from './read-by-product.ts';

/** A difference, and the order of reading in which it showed. */
export interface FoundDifference extends Difference {
  readonly order: string;
}

/**
 * Lets the product read records forwards, backwards, shuffled, and shuffled with some of them twice, and compares
 * its answers in each order with the reference's and with those of the first order, and the partial states of the
 * archive with the fold. The seed decides the shuffles. `onStream` is told of each stream read whether the archive must
 * fold it from its events.
 */
export const permuteTrail = async (
  records: readonly object[],
  seed: number,
  onStream: (isFolded: boolean) => void = () => {},
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
      ...(await inArchive(read, moments, onStream)),
      ...(await inReading(read)),
    ];
    found.push(...differences.map((one) => ({ ...one, order })));
  }
  return found;
};

const inArchive = async (
  { store, states }: ReadTrail,
  moments: readonly string[],
  onStream: (isFolded: boolean) => void,
): Promise<Difference[]> => {
  const found: Difference[] = [];
  for await (const { arn } of states.list()) {
    const { differences, isFolded } = comparePartialStates(await store.read(arn), moments);
    found.push(...differences);
    onStream(isFolded);
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
