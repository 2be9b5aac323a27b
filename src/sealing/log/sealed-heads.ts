import pMap from 'p-map';
import * as v from 'valibot';
import { compareAndSwap } from '../../coordination/compare-and-swap.ts';
import type {
  CoordinationStore,
  ReadOnlyCoordinationStore,
  StoredMemo,
} from '../../coordination/coordination-store.ts';
import { groupBy } from '../../shared/collections.ts';
import type { EventLeaf } from '../../verifier/leaf.ts';
import { incarnationOf } from './log-head.ts';
import { SealStoppedError } from './seal-errors.ts';

/**
 * How far a stream is sealed, and where its events are in the log. It is a cache: the log itself holds the
 * same facts.
 */
const SealedHeadSchema = v.object({
  /** The last sealed event. */
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  hash: v.string(),
  /**
   * Runs of events that are adjacent in the log: the first seq of each and its place. The latest run comes
   * last.
   */
  runs: v.array(v.tuple([v.number(), v.number()])),
});
export type SealedHead = v.InferOutput<typeof SealedHeadSchema>;

/** An event in the log, with its place. */
export interface PlacedLeaf extends EventLeaf {
  readonly index: number;
}

/** The most runs that are kept. Older ones are found by searching the log. */
const RUNS = 64;
const STREAMS_AT_ONCE = 16;

const keyOf = (origin: string, stream: string): string => `sealed/${incarnationOf(origin)}/${stream}`;

/**
 * How far each stream is sealed in this log. Streams without sealed events are omitted. Throws a
 * `SealStoppedError` for a memo that cannot be read: to ignore it would seal the stream's events twice.
 */
export const sealedHeads = async (
  coordination: ReadOnlyCoordinationStore,
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
    `The entry ${key} in the state table is not what this version writes (${parsed.issues[0].message}). Restore it, or begin a new log.`,
  );
};

/** Notes that these entries are in the log. Noting them again, or after later ones, changes nothing. */
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

/** Groups one stream's entries, in order, into runs. */
const runsOf = (leaves: readonly PlacedLeaf[]): [number, number][] =>
  leaves.flatMap(({ seq, index }, i): [number, number][] =>
    leaves[i - 1]?.index === index - 1 ? [] : [[seq, index]],
  );
