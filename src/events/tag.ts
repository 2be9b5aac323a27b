import * as v from 'valibot';

/** One tag as in EC2: a key that is unique on its resource, and a value that may be empty. */
export const TagSchema = v.object({ key: v.string(), value: v.string() });
export type Tag = v.InferOutput<typeof TagSchema>;

/**
 * Tags with unique keys, sorted by key. If a key occurs more than once, the last one counts. A list rather
 * than an object, because `__proto__` is a valid tag key.
 */
export const sortedTags = (tags: Iterable<Tag>): Tag[] => {
  const byKey = new Map<string, Tag>();
  for (const { key, value } of tags) byKey.set(key, { key, value });
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};
