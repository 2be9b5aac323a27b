/** The name of one shard, counted from 0, of data that is too large for a single object. */
export const shardName = (folder: string, id: string, shard: number): string =>
  `${folder}/${id}/${String(shard).padStart(5, '0')}.gz`;

/** The names of all shards. */
export const shardNames = (
  folder: string,
  { id, shards }: { readonly id: string; readonly shards: number },
): string[] => Array.from({ length: shards }, (_, i) => shardName(folder, id, i));
