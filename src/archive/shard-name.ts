/** Data in several objects, because it is too large for one. */
export interface Sharded {
  readonly id: string;
  readonly shards: number;
  /** The digests of the objects, in their order; absent in archives of earlier versions. */
  readonly sha256?: readonly string[] | undefined;
}

/** One object of {@link Sharded} data; `sha256` is undefined if its digest is not known. */
export interface Shard {
  readonly name: string;
  readonly sha256: string | undefined;
}

/** The name of one shard, counted from 0. */
export const shardName = (folder: string, id: string, shard: number): string =>
  `${folder}/${id}/${String(shard).padStart(5, '0')}.gz`;

/** All shards. Of digests that are fewer than the objects, the missing ones fit no object. */
export const shardsOf = (folder: string, { id, shards, sha256 }: Sharded): Shard[] =>
  Array.from({ length: shards }, (_, i) => ({
    name: shardName(folder, id, i),
    sha256: sha256 && (sha256[i] ?? ''),
  }));
