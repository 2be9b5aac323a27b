import { randomUUID } from 'node:crypto';
import { pMapIterable } from 'p-map';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { Catalogue, Snapshot } from './catalogue.ts';
import { collectDeltas } from './collect-deltas.ts';
import { type Packer, type Parsed, packer, type Unpacker, unpacker } from './pack.ts';
import { packPartialState, unpackPartialState } from './pack-partial-state.ts';
import { join, type PartialState } from './partial-state.ts';
import { planReading } from './reading-plan.ts';
import { requireObject } from './require-object.ts';
import { inName } from './segment.ts';
import { shardName, shardNames } from './shard-name.ts';

/** Rows of one object: what is in memory at once, and one GET of S3. */
const SHARD_ROWS = 4_096;
const SHARDS_AHEAD = 2;

const FOLDER = 'snapshots';

/** The objects of a snapshot. */
export const snapshotNames = (snapshot: Pick<Snapshot, 'id' | 'shards'>): string[] =>
  shardNames(FOLDER, snapshot);

/** How the rest of a row is read, behind its ARN. */
type ReadRow<T> = (from: Unpacker, arn: ResourceArn) => T;

/** The rows of a snapshot that come after an ARN, and some before it; a few objects are in memory at once. */
async function* readShards(
  objects: ObjectStore,
  snapshot: Snapshot,
  after: ResourceArn,
): AsyncGenerator<Unpacker> {
  const parsed: Parsed = new Map();
  const read = async (name: string) => unpacker(name, await requireObject(objects, name), parsed);
  const names = snapshotNames(snapshot);
  // The object in which the next ARN stands, by bisection: each begins with its first ARN.
  let [first, end] = [0, after === '' ? 0 : names.length];
  while (end - first > 1) {
    const middle = Math.floor((first + end) / 2);
    if (((await read(names[middle] as string)).text() ?? '') <= after) first = middle;
    else end = middle;
  }
  yield* pMapIterable(names.slice(first), read, { concurrency: SHARDS_AHEAD });
}

/**
 * A snapshot, or none, with what is known beside it, sorted by ARN, those after `after`, some at a time, to be gone
 * through in turn. Rows of
 * which nothing is known beside the snapshot are read by `readRow`, and the others are put together and then given to
 * `give`. In memory are the ones beside it and a few objects of the snapshot.
 */
export async function* fleetWith<T>(
  objects: ObjectStore,
  snapshot: Snapshot | undefined,
  beside: ReadonlyMap<ResourceArn, PartialState>,
  readRow: ReadRow<T>,
  give: (partial: PartialState) => T,
  after = '' as ResourceArn,
): AsyncGenerator<Iterable<T>> {
  const arns = [...beside.keys()].filter((arn) => arn > after).sort();
  let next = 0;
  /** Those beside it that come before an ARN; all that are left when there is none. */
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
 * Makes a snapshot of the catalogue's segments at a moment, from the best one before it. It is part of the archive when
 * a catalogue names it; who dies before that leaves objects that nobody reads.
 */
export const makeSnapshot = async (
  objects: ObjectStore,
  catalogue: Catalogue,
  moment: Moment,
  shardRows = SHARD_ROWS,
): Promise<Snapshot> => {
  const { asOf, knownAt } = moment;
  const { snapshot, segments } = planReading(catalogue, moment);
  const beside = await collectDeltas(objects, segments, [], moment);
  // Two makers at once may have seen different segments: their objects must not meet.
  const id = `${inName(asOf)}-${inName(knownAt)}-${randomUUID()}`;
  let [rows, shards] = [0, 0];
  let pack = packer();
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    writing = writeShard(objects, shardName(FOLDER, id, shards++), pack);
    pack = packer();
  };
  for await (const partials of fleetWith(
    objects,
    snapshot,
    beside,
    unpackPartialState,
    (partial) => partial,
  )) {
    for (const partial of partials) {
      packPartialState(pack, partial);
      if (++rows % shardRows === 0) await flush();
    }
  }
  if (rows % shardRows > 0) await flush();
  await writing;
  return { id, asOf, knownAt, covers: catalogue.step, rows, shards };
};

const writeShard = async (objects: ObjectStore, name: string, pack: Packer): Promise<void> =>
  objects.put(name, await pack.finish());
