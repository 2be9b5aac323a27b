import * as v from 'valibot';
import { compareAndSwap } from '../coordination/compare-and-swap.ts';
import type {
  CoordinationStore,
  ReadOnlyCoordinationStore,
  StoredMemo,
} from '../coordination/coordination-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { END_OF_TIME } from '../shared/time.ts';

/** The most seqs that a mark lists. */
const SEQS = 20;

/** Marks a resource whose recorded events were changed or removed. It never expires. */
const MarkSchema = v.object({
  /** When tagledger first and last noticed it. */
  first: v.string(),
  last: v.string(),
  /** How many events were reported; one delivered twice counts twice. */
  count: v.pipe(v.number(), v.safeInteger()),
  /** The seqs of the events, up to {@link SEQS}, in the order in which they were reported. */
  seqs: v.array(v.pipe(v.number(), v.safeInteger())),
});
export type TamperedMark = v.InferOutput<typeof MarkSchema>;

const KIND = 'tampered';

/**
 * Marks a resource as tampered with. The mark is not part of the row, because the row is the fold of the
 * ledger as it is now and cannot show what was recorded before. `by` is an id of the records that revealed
 * the tampering.
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
    // A mark that this version cannot read must not prevent a new one.
    const parsed = v.safeParse(MarkSchema, there?.value);
    const mark = parsed.success ? parsed.output : undefined;
    const value = {
      first: mark?.first ?? at,
      last: at,
      count: (mark?.count ?? 0) + seqs.length,
      seqs: [...new Set([...(mark?.seqs ?? []), ...seqs])].slice(0, SEQS),
      by,
    };
    // Always due, because a person must look into it, and the index of due memos finds it without a scan.
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

/** Returns all marks by resource. Marks from the last moments may be missing. */
export const tamperedMarks = async (
  coordination: ReadOnlyCoordinationStore,
): Promise<Map<ResourceArn, TamperedMark>> => {
  const stored = await coordination.get(await coordination.due(KIND, END_OF_TIME, ALL));
  return new Map(stored.map((memo) => [memo.key.slice(KIND.length + 1) as ResourceArn, markIn(memo)]));
};
const ALL = 1_000_000;

const keyOf = (arn: ResourceArn): string => `${KIND}/${arn}`;

const markIn = ({ value }: StoredMemo): TamperedMark => v.parse(MarkSchema, value);
