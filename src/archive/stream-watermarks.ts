import { randomUUID } from 'node:crypto';
import type { Place } from '../events/event-store.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import type { Catalogue, Watermarks } from './catalogue.ts';
import { putObject, requireObject } from './digested-object.ts';
import { packer, unpacker } from './pack.ts';
import { eventsIn } from './reading-plan.ts';
import { readSummaries } from './segment.ts';
import { type Shard, type Sharded, shardName, shardsOf } from './shard-name.ts';

/** Which events of a stream are in the archive: all up to `seq`, and those in `beyond`. */
interface StreamWatermark {
  readonly arn: ResourceArn;
  readonly seq: number;
  /** Sorted; each greater than `seq` + 1. */
  readonly beyond: readonly number[];
}

const SHARD_ROWS = 8_192;
/** Watermarks are due when this many events per stream have been added since the last ones. */
const SHARE = 0.25;

/** The most missing places reported per stream in one run. The next run finds the rest. */
const MOST_GAPS = 1_000;

const FOLDER = 'heads';

/** The objects that hold watermarks. */
export const watermarkShards = (heads: Sharded): Shard[] => shardsOf(FOLDER, heads);

/** Whether enough events were added since the watermarks were made that new ones are due. */
export const areWatermarksDue = ({ segments, heads }: Catalogue): boolean => {
  const since = eventsIn(segments.filter(({ added }) => added > (heads?.covers ?? 0)));
  return since > 0 && since >= SHARE * (heads?.streams ?? 0);
};

/**
 * Advances the watermarks to what the catalogue's segments hold. Calls `onGaps`, once per object written,
 * with the places that are missing before an archived event: the change feed lost them.
 */
export const makeWatermarks = async (
  objects: ObjectStore,
  { segments, heads, step }: Catalogue,
  onGaps: (places: readonly Place[]) => Promise<void>,
): Promise<Watermarks> => {
  const id = randomUUID();
  const seqs = await seqsSince(
    objects,
    segments.filter(({ added }) => added > (heads?.covers ?? 0)),
  );
  const arns = [...seqs.keys()].sort();
  const sha256: string[] = [];
  let [streams, shards, next] = [0, 0, 0];
  let rows: StreamWatermark[] = [];
  const flush = async () => {
    sha256.push(await writeShard(objects, shardName(FOLDER, id, shards++), rows));
    await onGaps(rows.flatMap(gapsOf));
    streams += rows.length;
    rows = [];
  };
  const put = async (head: StreamWatermark) => {
    rows.push(head);
    if (rows.length === SHARD_ROWS) await flush();
  };
  const newOnes = async (before: ResourceArn | undefined) => {
    for (
      let arn = arns[next];
      arn !== undefined && (before === undefined || arn < before);
      arn = arns[++next]
    )
      await put(advance({ arn, seq: 0, beyond: [] }, seqs.get(arn) ?? []));
  };
  for (const shard of heads ? watermarkShards(heads) : []) {
    for (const head of await readWatermarks(objects, shard)) {
      await newOnes(head.arn);
      if (arns[next] === head.arn) next++;
      await put(advance(head, seqs.get(head.arn) ?? []));
    }
  }
  await newOnes(undefined);
  if (rows.length > 0) await flush();
  return { id, covers: step, streams, shards, sha256 };
};

const seqsSince = async (
  objects: ObjectStore,
  segments: Catalogue['segments'],
): Promise<Map<ResourceArn, number[]>> => {
  const seqs = new Map<ResourceArn, number[]>();
  for (const segment of segments) {
    for (const { partial } of await readSummaries(objects, segment)) {
      const { arn, lastSeq } = partial;
      const known = seqs.get(arn);
      if (known) known.push(lastSeq);
      else seqs.set(arn, [lastSeq]);
    }
  }
  return seqs;
};

const advance = ({ arn, seq, beyond }: StreamWatermark, more: readonly number[]): StreamWatermark => {
  let head = seq;
  const left: number[] = [];
  for (const one of [...new Set([...beyond, ...more])].sort((a, b) => a - b)) {
    if (one === head + 1) head = one;
    else if (one > head) left.push(one);
  }
  return { arn, seq: head, beyond: left };
};

const gapsOf = ({ arn: stream, seq, beyond }: StreamWatermark): Place[] => {
  const places: Place[] = [];
  let expected = seq + 1;
  for (const there of beyond) {
    for (; expected < there && places.length < MOST_GAPS; expected++) places.push({ stream, seq: expected });
    expected = there + 1;
  }
  return places;
};

/** Reads the watermarks of one object, in the order of their ARNs. */
export const readWatermarks = async (
  objects: ReadOnlyObjectStore,
  { name, sha256 }: Shard,
): Promise<StreamWatermark[]> => {
  const from = await unpacker(name, await requireObject(objects, name, sha256));
  const rows: StreamWatermark[] = [];
  while (!from.isAtEnd()) {
    const arn = from.text() as ResourceArn;
    const seq = from.int();
    const beyond = Array.from({ length: from.int() }, () => from.int());
    rows.push({ arn, seq, beyond });
  }
  return rows;
};

const writeShard = async (
  objects: ObjectStore,
  name: string,
  rows: readonly StreamWatermark[],
): Promise<string> => {
  const pack = packer();
  for (const { arn, seq, beyond } of rows) {
    pack.text(arn);
    pack.int(seq);
    pack.int(beyond.length);
    for (const one of beyond) pack.int(one);
  }
  return putObject(objects, name, await pack.finish());
};
