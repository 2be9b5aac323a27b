/** Groups items by key. Keys are in the order of their first item. (`Map.groupBy` is not in Node 20.) */
export const groupBy = <K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

/** Counts one more of a name. */
export const countOne = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

/** A memory of the last so many names. */
export interface RecentNames {
  has(name: string): boolean;
  add(name: string): void;
}

/**
 * Remembers the last `max` distinct names and forgets the oldest first. Adding
 * a known name does not renew it.
 */
export const recentNames = (max: number): RecentNames => {
  const names = new Set<string>();
  return {
    has: (name) => names.has(name),
    add: (name) => {
      names.add(name);
      const [oldest] = names;
      if (names.size > max && oldest !== undefined) names.delete(oldest);
    },
  };
};

/** The items in lists of `size`, the last of them shorter. A list is given out as soon as it is full. */
export async function* chunksOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
