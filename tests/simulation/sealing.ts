import { fromItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import type { Item } from '../../src/adapters/dynamodb/paging.ts';
import { memoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { seal } from '../../src/handlers/seal/seal.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { objectsUnder } from '../../src/objects/objects-under.ts';
import { incarnationOf } from '../../src/sealing/log/log-head.ts';
import { SealStoppedError } from '../../src/sealing/log/seal-errors.ts';
import { sealedLog } from '../../src/sealing/log/sealed-log.ts';
import type { Signer } from '../../src/sealing/log/signer.ts';
import { TILE_WIDTH } from '../../src/sealing/tree/tile.ts';
import { appendLeaves, EMPTY_EDGE, rootOfEdge } from '../../src/sealing/tree/tree-edge.ts';
import { checkCheckpoint } from '../../src/verifier/checkpoint.ts';
import { parseLeaf } from '../../src/verifier/leaf.ts';
import { isSameHash, leafHash } from '../../src/verifier/merkle.ts';
import { signerOf } from '../support/sealing/world.ts';
import type { Process } from './process.ts';
import { STALE_MS } from './simulated-table.ts';

/** What a run of the sealer needs beside its own objects and key. */
type Deps = Omit<Parameters<typeof seal>[0], 'objects' | 'signer' | 'name' | 'newId'> & {
  readonly store: EventStore;
};

/** The sealer of a simulation, and what is remembered of what it published. */
export interface Sealing {
  /**
   * One run in a process; `compare` when it is to look at the whole ledger, `isOld` when it cannot read format 2: then
   * streams that have some of it are for a later comparison.
   */
  readonly run: (process: Process, deps: Deps, compare: boolean, isOld: boolean) => Promise<void>;
  /** Whether there is something that the sealer was told of. */
  readonly isHinted: () => boolean;
  /** How many checkpoints were published. */
  readonly published: () => number;
  /** What does not hold of the log at the end. */
  readonly violations: () => Promise<string[]>;
}

/** Events that must have been in the log at a moment. */
interface Due {
  readonly places: readonly string[];
  readonly what: string;
  /** How many leaves the published log had when these places had to be in it. */
  readonly size: number;
}

const SIGNER = signerOf(5);
const INVOCATION_MS = 60_000;

const placeOf = ({ stream, seq }: { readonly stream: string; readonly seq: number }): string =>
  `${stream} ${seq}`;

/**
 * A log in memory, reached through the processes' networks; `ledger` and `state` are the items of the two tables, `now`
 * is the time of the world.
 */
export const sealing = (ledger: () => Item[], state: () => Item[], now: () => number): Sealing => {
  const objects = memoryObjectStore();
  const notes: string[] = [];
  const dues: Due[] = [];
  const stopped: string[] = [];
  let logs = 0;
  /**
   * What was hinted when a run began, and when that was, whatever became of the run. The next run that comes to
   * its end must have sealed it, unless it began so soon that the index of due memos could still miss the hint.
   */
  const hinted = new Map<string, number>();

  const over = (process: Process): ObjectStore => ({
    get: (name) => process.call(`GetObject ${kindOf(name)}`, () => objects.get(name)),
    put: (name, bytes) =>
      process.call(`PutObject ${kindOf(name)}`, async () => {
        await objects.put(name, bytes);
        if (name.endsWith('/checkpoint')) notes.push(Buffer.from(bytes).toString('utf8'));
      }),
    create: (name, bytes) => process.call(`PutObject ${kindOf(name)}`, () => objects.create(name, bytes)),
    async *list(prefix) {
      const names: string[] = [];
      for await (const name of objects.list(prefix)) names.push(name);
      yield* await process.call('ListObjects', () => names);
    },
    remove: (name) => process.call(`DeleteObject ${kindOf(name)}`, () => objects.remove(name)),
  });
  const signer = (process: Process): Signer => ({
    publicKey: () => process.call('GetPublicKey', () => SIGNER.publicKey()),
    sign: (message) => process.call('Sign', () => SIGNER.sign(message)),
  });

  const sizeNow = (): number => Math.max(0, ...notes.map((note) => Number(note.split('\n')[1])));
  const openHints = (): string[] =>
    state().flatMap(({ resource, memo, due }) =>
      resource?.S?.startsWith('unsealed/') && due
        ? (JSON.parse(memo?.S ?? '[]') as [string, number][]).map(([stream, seq]) => `${stream} ${seq}`)
        : [],
    );

  const sealOnce = async (process: Process, deps: Deps, compare: boolean): Promise<void> => {
    const run = seal({
      ...deps,
      objects: over(process),
      signer: signer(process),
      name: 'example.com/simulated',
      newId: () => `log${logs++}`,
    });
    try {
      await run({ compare }, () => INVOCATION_MS);
    } catch (error) {
      if (error instanceof SealStoppedError) stopped.push(error.message);
      throw error;
    }
  };

  return {
    published: () => notes.length,
    isHinted: () => openHints().length > 0,

    async run(process, deps, compare, isOld) {
      const { there, left } = placesIn(ledger().map(fromItem), isOld);
      for (const place of left) hinted.delete(place);
      const begun = now();
      const before = [...hinted].flatMap(([place, at]) => (at + STALE_MS <= begun ? [place] : []));
      for (const place of openHints()) if (!left.has(place) && !hinted.has(place)) hinted.set(place, begun);
      await sealOnce(process, deps, compare);
      const size = sizeNow();
      if (compare) dues.push({ places: there, size, what: 'a comparison' });
      else {
        dues.push({ places: before, size, what: 'the second run after its hint' });
        for (const place of before) hinted.delete(place);
      }
    },

    async violations() {
      const origin = originOf(notes.at(-1) ?? '');
      const others = new Set(notes.map(originOf).filter((one) => one !== origin));
      const key = { name: origin, publicKey: await SIGNER.publicKey() };
      const log = sealedLog(objectsUnder(objects, incarnationOf(origin)));
      const size = sizeNow();
      const entries: Buffer[] = [];
      for (let tile = 0; tile * TILE_WIDTH < size; tile++) entries.push(...(await log.entries(tile, size)));
      const leaves = entries.map(parseLeaf);
      const index = new Map(leaves.flatMap((leaf, i) => ('stream' in leaf ? [[placeOf(leaf), i]] : [])));
      const hashes = entries.map(leafHash);

      const own = new Set(notes.filter((note) => originOf(note) === origin));
      const forks = [...own].flatMap((note) => {
        const head = checkCheckpoint(note, [key]);
        const { edge } = appendLeaves(EMPTY_EDGE, hashes.slice(0, head.size));
        return isSameHash(rootOfEdge(edge), head.root)
          ? []
          : [`the checkpoint of ${head.size} leaves is no beginning of the log`];
      });
      const events = ledger().map(fromItem);
      const wrong = events.flatMap((event) => {
        const leaf = leaves[index.get(placeOf(event)) ?? -1];
        if (!leaf) return [`the event ${event.seq} of ${event.stream} was never sealed`];
        return 'hash' in leaf && leaf.hash === event.hash
          ? []
          : [`the event ${event.seq} of ${event.stream} is sealed with another hash`];
      });
      const late = dues.flatMap(({ places, size: until, what }) =>
        places.flatMap((place) =>
          (index.get(place) ?? Number.POSITIVE_INFINITY) < until ? [] : [`${what} left out ${place}`],
        ),
      );
      const twice = leaves.length - 1 - index.size;
      return [
        ...[...others].map((other) => `checkpoints of ${other} were published beside those of ${origin}`),
        ...forks,
        ...wrong,
        ...new Set(late),
        ...(twice !== 0 ? [`${twice} events are sealed twice`] : []),
        ...stopped.map((why) => `the sealer stopped: ${why}`),
      ];
    },
  };
};

/** The places of events in streams that a version can read, and of those in streams that it cannot. */
const placesIn = (events: readonly RecordedEvent[], isOld: boolean) => {
  const unread = new Set(
    events.flatMap(({ stream, schemaVersion }) => (isOld && schemaVersion === 2 ? [stream] : [])),
  );
  const isRead = ({ stream }: RecordedEvent) => !unread.has(stream);
  return {
    there: events.filter(isRead).map(placeOf),
    left: new Set(events.filter((event) => !isRead(event)).map(placeOf)),
  };
};

const originOf = (note: string): string => note.split('\n')[0] ?? '';

/** What an object's name begins with behind the log's id, for the journal: `tile`, `checkpoint`, `staging` and so on. */
const kindOf = (name: string): string => name.split('/').slice(0, 2).join('/');
