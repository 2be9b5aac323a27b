import { randomUUID } from 'node:crypto';
import { pMapIterable } from 'p-map';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { Catalogue, Snapshot } from './catalogue.ts';
import { gather } from './gather.ts';
import { need } from './need.ts';
import { join, type Outline } from './outline.ts';
import { type Packer, packer, unpacker } from './pack.ts';
import { packOutline, unpackOutline } from './pack-outline.ts';
import { planReading } from './reading-plan.ts';
import { inName } from './segment.ts';

/** Rows of one object: what is in memory at once, and one GET of S3. */
const SHARD_ROWS = 8_192;
const SHARDS_AHEAD = 2;

const shardName = (id: string, shard: number): string =>
  `snapshots/${id}/${String(shard).padStart(5, '0')}.gz`;

/** The objects of a snapshot. */
export const snapshotNames = ({ id, shards }: Pick<Snapshot, 'id' | 'shards'>): string[] =>
  Array.from({ length: shards }, (_, i) => shardName(id, i));

/** The outlines in a snapshot, sorted by ARN, one object's after another; a few objects are in memory at once. */
async function* readShards(objects: ObjectStore, snapshot: Snapshot): AsyncGenerator<Outline[]> {
  const read = async (name: string) => unpacker(name, await need(objects, name));
  for await (const from of pMapIterable(snapshotNames(snapshot), read, { concurrency: SHARDS_AHEAD })) {
    const outlines: Outline[] = [];
    while (!from.isAtEnd()) outlines.push(unpackOutline(from));
    yield outlines;
  }
}

/**
 * A snapshot, or none, with what is known beside it: outlines sorted by ARN, some at a time. In memory are the ones
 * beside it and a few objects of the snapshot.
 */
export async function* outlinesWith(
  objects: ObjectStore,
  snapshot: Snapshot | undefined,
  beside: ReadonlyMap<ResourceArn, Outline>,
): AsyncGenerator<Outline[]> {
  const arns = [...beside.keys()].sort();
  let next = 0;
  const upTo = (end: ResourceArn | undefined): Outline[] => {
    const from = next;
    while (next < arns.length && (end === undefined || (arns[next] as ResourceArn) <= end)) next++;
    return arns.slice(from, next).map((arn) => beside.get(arn) as Outline);
  };
  if (snapshot) {
    for await (const rows of readShards(objects, snapshot)) yield mergeSorted(rows, upTo(rows.at(-1)?.arn));
  }
  yield upTo(undefined);
}

const mergeSorted = (rows: readonly Outline[], others: readonly Outline[]): Outline[] => {
  const merged: Outline[] = [];
  let i = 0;
  for (const row of rows) {
    let other = others[i];
    for (; other && other.arn < row.arn; other = others[++i]) merged.push(other);
    if (other?.arn === row.arn) {
      merged.push(join(row, other));
      i++;
    } else merged.push(row);
  }
  return merged.concat(others.slice(i));
};

/**
 * Makes a snapshot of the catalogue's segments at a moment, from the best one before it. It is part of the archive when
 * a catalogue names it; who dies before that leaves objects that nobody reads.
 */
export const makeSnapshot = async (
  objects: ObjectStore,
  catalogue: Catalogue,
  moment: Moment,
): Promise<Snapshot> => {
  const { asOf, knownAt } = moment;
  const { snapshot, segments } = planReading(catalogue, moment);
  const beside = await gather(objects, segments, [], moment);
  // Two makers at once may have seen different segments: their objects must not meet.
  const id = `${inName(asOf)}-${inName(knownAt)}-${randomUUID()}`;
  let [rows, shards] = [0, 0];
  let pack = packer();
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    writing = writeShard(objects, shardName(id, shards++), pack);
    pack = packer();
  };
  for await (const outlines of outlinesWith(objects, snapshot, beside)) {
    for (const outline of outlines) {
      packOutline(pack, outline);
      if (++rows % SHARD_ROWS === 0) await flush();
    }
  }
  if (rows % SHARD_ROWS > 0) await flush();
  await writing;
  return { id, asOf, knownAt, covers: catalogue.step, rows, shards };
};

const writeShard = async (objects: ObjectStore, name: string, pack: Packer): Promise<void> =>
  objects.put(name, await pack.finish());
