/** The name of one of the objects, from 0, into which what is too large for one is cut. */
export const shardName = (folder: string, id: string, shard: number): string =>
  `${folder}/${id}/${String(shard).padStart(5, '0')}.gz`;

/** The names of all of them. */
export const shardNames = (
  folder: string,
  { id, shards }: { readonly id: string; readonly shards: number },
): string[] => Array.from({ length: shards }, (_, i) => shardName(folder, id, i));
