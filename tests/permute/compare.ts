import { isDeepStrictEqual } from 'node:util';
import type { AnswersById, Life, Snapshot, TagChange } from '../reference/answers.ts';
import type { ProductAnswers } from './product-answers.ts';

/** One way in which the product's answers are not what they must be. */
export interface Difference {
  /** Such as `as of: tags`. */
  readonly kind: string;
  /** The resource's id; empty if it is about the trail as a whole. */
  readonly resource: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const NOTHING: Snapshot = { lives: [], tags: {} };

/** What differs between the reference's answers and the product's. */
export const differencesFromReference = (
  reference: AnswersById,
  product: ReadonlyMap<string, ProductAnswers>,
  moments: readonly string[],
): Difference[] =>
  [...new Set([...reference.keys(), ...product.keys()])].flatMap((resource) => {
    const [expected, actual] = [reference.get(resource), product.get(resource)];
    const found = [
      ...inSnapshot('now', expected?.now, actual?.now),
      ...moments.flatMap((at, i) =>
        inSnapshot('as of', expected?.asOf[i], actual?.asOf[i]).map((one) => ({ ...one, at })),
      ),
      ...inChanges(expected?.changes ?? [], actual?.changes ?? []),
    ];
    return found.map((one) => ({ ...one, resource }));
  });

/** What differs between the product's answers in two orders of reading, recorded times aside. */
export const differencesByOrder = (
  one: ReadonlyMap<string, ProductAnswers>,
  other: ReadonlyMap<string, ProductAnswers>,
): Difference[] =>
  [...new Set([...one.keys(), ...other.keys()])].flatMap((resource) =>
    (['now', 'asOf', 'changes', 'timeline'] as const).flatMap((part) => {
      const [expected, actual] = [one.get(resource)?.[part], other.get(resource)?.[part]];
      return isDeepStrictEqual(expected, actual)
        ? []
        : [{ kind: `by order: ${part}`, resource, expected, actual }];
    }),
  );

type Found = Omit<Difference, 'resource'>;

const inSnapshot = (when: string, expected = NOTHING, actual = NOTHING): Found[] => {
  const found: Found[] = [];
  const compare = (what: string, one: unknown, other: unknown) => {
    if (isDeepStrictEqual(one, other)) return;
    found.push({ kind: `${when}: ${what}`, expected: one, actual: other });
  };
  compare('tags', sorted(expected.tags), sorted(actual.tags));
  compare('keys that it lacks', expected.lacks, actual.lacks);
  compare('number of lives', expected.lives.length, actual.lives.length);
  if (found.some(({ kind }) => kind.endsWith('lives'))) return found;
  expected.lives.forEach((life, i) => {
    for (const member of ['created', 'creator', 'ended', 'ender', 'uncertain'] satisfies (keyof Life)[]) {
      compare(member, life[member], actual.lives[i]?.[member]);
    }
  });
  return found;
};

const sorted = (tags: Snapshot['tags']): unknown => Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));

/** Matches the changes by what they changed, and compares the rest of those that match. */
const inChanges = (expected: readonly TagChange[], actual: readonly TagChange[]): Found[] => {
  const left = [...actual];
  const pairs = expected.map((change) => {
    const place = left.findIndex((other) => textOf(other) === textOf(change));
    return [change, place < 0 ? undefined : left.splice(place, 1)[0]] as const;
  });
  const found = pairs.flatMap(([change, other]): Found[] => {
    if (!other) return [{ kind: 'changes: missing', expected: change, actual }];
    return (['actor', 'unordered', 'beforeUnseen'] as const)
      .filter((member) => change[member] !== other[member])
      .map((member) => ({ kind: `changes: ${member}`, expected: change, actual: other }));
  });
  found.push(...left.map((other) => ({ kind: 'changes: invented', expected, actual: other })));
  if (found.length > 0 || isDeepStrictEqual(expected, actual)) return found;
  return [{ kind: 'changes: order', expected, actual }];
};

const textOf = ({ at, key, before, after }: TagChange): string => JSON.stringify([at, key, before, after]);
