import * as v from 'valibot';
import { compareAndSwap } from '../coordination/compare-and-swap.ts';
import type {
  CoordinationStore,
  ReadOnlyCoordinationStore,
  StoredMemo,
} from '../coordination/coordination-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { END_OF_TIME } from '../shared/time.ts';

/** How many places of changed events a mark names. */
const SEQS = 20;

/** That recorded events of a resource were changed or removed. It never expires. */
const MarkSchema = v.object({
  /** When tagledger first and last heard of it. */
  first: v.string(),
  last: v.string(),
  /** How often; what was delivered twice counts twice. */
  count: v.pipe(v.number(), v.safeInteger()),
  /** Which events, up to {@link SEQS}, in the order in which they were heard of. */
  seqs: v.array(v.pipe(v.number(), v.safeInteger())),
});
export type TamperedMark = v.InferOutput<typeof MarkSchema>;

const KIND = 'tampered';

/**
 * Marks a resource. The mark stands beside the row and not in it, because the row is the fold of the ledger as it is
 * now, which knows nothing of what was there before. `by` is an id of the records that it is about.
 */
export const markTampered = async (
  coordination: CoordinationStore,
  arn: ResourceArn,
  seqs: readonly number[],
  by: string,
  now: Date,
): Promise<void> => {
  const at = now.toISOString();
  await compareAndSwap(coordination, keyOf(arn), (there) => {
    // What another version wrote there must not keep the mark from being set.
    const parsed = v.safeParse(MarkSchema, there?.value);
    const mark = parsed.success ? parsed.output : undefined;
    const value = {
      first: mark?.first ?? at,
      last: at,
      count: (mark?.count ?? 0) + seqs.length,
      seqs: [...new Set([...(mark?.seqs ?? []), ...seqs])].slice(0, SEQS),
      by,
    };
    // Due for ever: a person has to look after it, and by this it is found without a search through all rows.
    return { value, dueAt: value.first };
  });
};

/** The mark of a resource; undefined when it has none. */
export const tamperedMark = async (
  coordination: ReadOnlyCoordinationStore,
  arn: ResourceArn,
): Promise<TamperedMark | undefined> => {
  const [memo] = await coordination.get([keyOf(arn)]);
  return memo && markIn(memo);
};

/** All marks, by resource; those of the last moments may be missing. */
export const tamperedMarks = async (
  coordination: ReadOnlyCoordinationStore,
): Promise<Map<ResourceArn, TamperedMark>> => {
  const stored = await coordination.get(await coordination.due(KIND, END_OF_TIME, ALL));
  return new Map(stored.map((memo) => [memo.key.slice(KIND.length + 1) as ResourceArn, markIn(memo)]));
};
const ALL = 1_000_000;

const keyOf = (arn: ResourceArn): string => `${KIND}/${arn}`;

const markIn = ({ value }: StoredMemo): TamperedMark => v.parse(MarkSchema, value);
