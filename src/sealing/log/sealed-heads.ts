import pMap from 'p-map';
import * as v from 'valibot';
import { compareAndSwap } from '../../coordination/compare-and-swap.ts';
import type { CoordinationStore, StoredMemo } from '../../coordination/coordination-store.ts';
import { groupBy } from '../../shared/collections.ts';
import type { EventLeaf } from '../../verifier/leaf.ts';
import { incarnationOf } from './log-head.ts';
import { SealStoppedError } from './seal-errors.ts';

/** How far a stream is sealed, and where its events stand in the log. A cache: the log itself says the same. */
const SealedHeadSchema = v.object({
  /** The last sealed event. */
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  hash: v.string(),
  /** Runs of events that stand behind one another in the log: the first seq of each, and its place. The latest last. */
  runs: v.array(v.tuple([v.number(), v.number()])),
});
export type SealedHead = v.InferOutput<typeof SealedHeadSchema>;

/** An entry of the log and its place there. */
export interface PlacedLeaf extends EventLeaf {
  readonly index: number;
}

/** So many runs are kept: what is older is found by a search through the log. */
const RUNS = 64;
const STREAMS_AT_ONCE = 16;

const keyOf = (origin: string, stream: string): string => `sealed/${incarnationOf(origin)}/${stream}`;

/**
 * How far each of the streams is sealed in this log; those that are not at all are left out. Throws a
 * `SealStoppedError` for one that cannot be read: its events would be sealed twice.
 */
export const sealedHeads = async (
  coordination: CoordinationStore,
  origin: string,
  streams: readonly string[],
): Promise<Map<string, SealedHead>> => {
  const stored = await coordination.get(streams.map((stream) => keyOf(origin, stream)));
  const { length } = keyOf(origin, '');
  return new Map(stored.map((memo) => [memo.key.slice(length), headIn(memo)]));
};

const headIn = ({ key, value }: StoredMemo): SealedHead => {
  const parsed = v.safeParse(SealedHeadSchema, value);
  if (parsed.success) return parsed.output;
  throw new SealStoppedError(
    `the memo ${key} in the state table is not what this version writes: ${parsed.issues[0].message}; restore it, or begin a new log`,
  );
};

/** Notes that these entries are in the log. To note them again, or after later ones, changes nothing. */
export const noteSealed = async (
  coordination: CoordinationStore,
  origin: string,
  leaves: readonly PlacedLeaf[],
): Promise<void> => {
  const streams = groupBy(leaves, ({ stream }) => stream);
  const stored = await coordination.get([...streams.keys()].map((stream) => keyOf(origin, stream)));
  const seen = new Map(stored.map((memo) => [memo.key, memo]));
  await pMap(
    streams,
    async ([stream, group]) => {
      const key = keyOf(origin, stream);
      const change = (there: StoredMemo | undefined) => {
        const before = there && headIn(there);
        const last = group.at(-1) as PlacedLeaf;
        if (before && before.seq >= last.seq) return undefined;
        const runs = [...(before?.runs ?? []), ...runsOf(group)].slice(-RUNS);
        return { value: { seq: last.seq, hash: last.hash, runs } };
      };
      await compareAndSwap(coordination, key, change, { seen: { there: seen.get(key) } });
    },
    { concurrency: STREAMS_AT_ONCE },
  );
};

/** The places of one stream's entries, in their order, as runs. */
const runsOf = (leaves: readonly PlacedLeaf[]): [number, number][] =>
  leaves.flatMap(({ seq, index }, i): [number, number][] =>
    leaves[i - 1]?.index === index - 1 ? [] : [[seq, index]],
  );
