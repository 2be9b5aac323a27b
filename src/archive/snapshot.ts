import { randomUUID } from 'node:crypto';
import { pMapIterable } from 'p-map';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { Catalogue, Snapshot } from './catalogue.ts';
import { collectDeltas } from './collect-deltas.ts';
import { putObject, requireObject } from './digested-object.ts';
import { foldDisputed, type StreamReader } from './fold-disputed.ts';
import { type Packer, type Parsed, packer, type Unpacker, unpacker } from './pack.ts';
import { PARTIAL_STATE_VERSION, packPartialState, unpackPartialState } from './pack-partial-state.ts';
import { type Disputed, isDisputed, join, type PartialState } from './partial-state.ts';
import { planReading } from './reading-plan.ts';
import { inName } from './segment.ts';
import { type Shard, type Sharded, shardName, shardsOf } from './shard-name.ts';

/** Rows per object: what is held in memory at once and read with one S3 GET. */
const SHARD_ROWS = 4_096;
const SHARDS_AHEAD = 2;

const FOLDER = 'snapshots';

/** The objects of a snapshot. */
export const snapshotShards = (snapshot: Sharded): Shard[] => shardsOf(FOLDER, snapshot);

/** Reads the rest of a row, after its ARN. */
type ReadRow<T> = (from: Unpacker, arn: ResourceArn) => T;

/**
 * Opens the objects of a snapshot that have rows with ARNs beyond `after`; the first object may begin with
 * earlier rows. Only a few objects are in memory at once.
 */
async function* readShards(
  objects: ReadOnlyObjectStore,
  snapshot: Snapshot,
  after: ResourceArn,
): AsyncGenerator<Unpacker> {
  const parsed: Parsed = new Map();
  const read = async ({ name, sha256 }: Shard) =>
    unpacker(name, await requireObject(objects, name, sha256), parsed);
  const shards = snapshotShards(snapshot);
  // Bisect for the object in which the next ARN is: each object begins with its first ARN.
  let [first, end] = [0, after === '' ? 0 : shards.length];
  while (end - first > 1) {
    const middle = Math.floor((first + end) / 2);
    if (((await read(shards[middle] as Shard)).text() ?? '') <= after) first = middle;
    else end = middle;
  }
  yield* pMapIterable(shards.slice(first), read, { concurrency: SHARDS_AHEAD });
}

/**
 * Merges a snapshot, if any, with the partial states of events `beside` it. Yields the resources whose ARN
 * comes after `after`, sorted by ARN, in batches that must be consumed in order. `readRow` reads a row
 * without events beside the snapshot; the others are joined and passed to `give`. Memory holds `beside` and a
 * few objects of the snapshot.
 */
export async function* fleetWith<T>(
  objects: ReadOnlyObjectStore,
  snapshot: Snapshot | undefined,
  beside: ReadonlyMap<ResourceArn, PartialState>,
  readRow: ReadRow<T>,
  give: (partial: PartialState) => T,
  after = '' as ResourceArn,
): AsyncGenerator<Iterable<T>> {
  const arns = [...beside.keys()].filter((arn) => arn > after).sort();
  let next = 0;
  /** Those of `beside` that come before an ARN, or all that are left if there is none. */
  function* before(end?: ResourceArn): Generator<T> {
    for (let arn = arns[next]; arn !== undefined && (end === undefined || arn < end); arn = arns[++next])
      yield give(beside.get(arn) as PartialState);
  }
  function* merged(from: Unpacker): Generator<T> {
    while (!from.isAtEnd()) {
      const arn = from.text() as ResourceArn;
      if ((arns[next] ?? arn) < arn) yield* before(arn);
      if (arns[next] === arn) {
        next++;
        yield give(join(unpackPartialState(from, arn), beside.get(arn) as PartialState));
      } else {
        const row = readRow(from, arn);
        if (arn > after) yield row;
      }
    }
  }
  if (snapshot) for await (const rows of readShards(objects, snapshot, after)) yield merged(rows);
  yield before();
}

/**
 * Makes a snapshot of the catalogue's segments at a moment, starting from the best earlier one. Disputed streams
 * that changed since are folded from the ledger. The snapshot belongs to the archive once a catalogue names it; a
 * crash before that leaves objects that nobody reads.
 */
export const makeSnapshot = async (
  objects: ObjectStore,
  ledger: StreamReader,
  catalogue: Catalogue,
  moment: Moment,
  shardRows = SHARD_ROWS,
): Promise<Snapshot> => {
  const { asOf, knownAt } = moment;
  const { snapshot, segments } = planReading(catalogue, moment);
  const beside = await collectDeltas(objects, segments, [], moment);
  // Two concurrent runs may have read different segments, so their objects must have different names.
  const id = `${inName(asOf)}-${inName(knownAt)}-${randomUUID()}`;
  let [rows, shards] = [0, 0];
  let pack = packer();
  const sha256: string[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    await writing;
    writing = writeShard(objects, shardName(FOLDER, id, shards++), pack).then((digest) =>
      sha256.push(digest),
    );
    pack = packer();
  };
  const fleet = fleetWith(objects, snapshot, beside, unpackPartialState, (partial) => partial);
  for await (const batch of fleet) {
    const partials = [...batch];
    const folded = await foldDisputed(ledger, moment, partials.filter(isUnfolded));
    for (const partial of partials) {
      const known = folded.get(partial.arn);
      packPartialState(pack, known && isDisputed(partial) ? { ...partial, folded: known } : partial);
      if (++rows % shardRows === 0) await flush();
    }
  }
  if (rows % shardRows > 0) await flush();
  await writing;
  return { id, asOf, knownAt, covers: catalogue.step, rows, shards, fold: PARTIAL_STATE_VERSION, sha256 };
};

const isUnfolded = (partial: PartialState): partial is Disputed => isDisputed(partial) && !partial.folded;

const writeShard = async (objects: ObjectStore, name: string, pack: Packer): Promise<string> =>
  putObject(objects, name, await pack.finish());
