import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { compareValues, type Item, invalid } from './expressions.ts';

const KeySchema = v.union([
  v.strictTuple([element('HASH')]),
  v.strictTuple([element('HASH'), element('RANGE')]),
]);

function element<const T extends string>(type: T) {
  return v.strictObject({ AttributeName: v.string(), KeyType: v.literal(type) });
}

/** The members of CreateTable that the product sends. */
export const NewTableSchema = v.strictObject({
  TableName: v.string(),
  BillingMode: v.literal('PAY_PER_REQUEST'),
  AttributeDefinitions: v.array(
    v.strictObject({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N']) }),
  ),
  KeySchema,
  /** The fake has no change feed to read; it only accepts the wish for one. */
  StreamSpecification: v.optional(
    v.strictObject({ StreamEnabled: v.literal(true), StreamViewType: v.literal('NEW_AND_OLD_IMAGES') }),
  ),
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.strictObject({
        IndexName: v.string(),
        KeySchema,
        Projection: v.strictObject({ ProjectionType: v.literal('KEYS_ONLY') }),
      }),
    ),
    [],
  ),
});

/** Items in the order of their keys. */
export interface Collection {
  /** The attributes of the key, the partition's first. The table's follow those of an index. */
  readonly attributes: readonly string[];
  compare(a: Item, b: Item): number;
  get(key: Item): Item | undefined;
  /** The items of a partition, in the order of its sort key. */
  partition(hash: string): readonly Item[];
  /** All items, partition after partition. */
  all(): Item[];
  /** Puts `item` in the place of `before`. */
  replace(before: Item | undefined, item: Item | undefined): void;
}

/** A table, its indexes, and what a read sees that is not consistent. */
export interface Table {
  readonly definition: v.InferOutput<typeof NewTableSchema>;
  readonly items: Collection;
  /** The items as they were before the last write. */
  readonly itemsBefore: Collection;
  readonly indexes: ReadonlyMap<string, Collection>;
  /** Writes `item` in the place of `before`, and returns the sizes of the index entries that it wrote. */
  write(before: Item | undefined, item: Item | undefined): number[];
}

/** Makes an empty table, which is active at once. */
export const makeTable = (definition: v.InferOutput<typeof NewTableSchema>): Table => {
  const items = collection(definition.KeySchema);
  const itemsBefore = collection(definition.KeySchema);
  const indexes = new Map(
    definition.GlobalSecondaryIndexes.map(({ IndexName, KeySchema: own }) => [
      IndexName,
      collection(own, definition.KeySchema),
    ]),
  );
  let lastWrite = () => {};
  return {
    definition,
    items,
    itemsBefore,
    indexes,
    write(before, item) {
      lastWrite();
      lastWrite = () => itemsBefore.replace(before, item);
      items.replace(before, item);
      return [...indexes.values()].flatMap((index) => {
        const [old, entry] = [entryIn(index, before), entryIn(index, item)];
        if (old && entry && index.compare(old, entry) === 0) return [];
        index.replace(old, entry);
        return [old, entry].flatMap((one) => (one ? [sizeOf(one)] : []));
      });
    },
  };
};

/** The keys that an index has of an item: none if the item lacks one of the index's attributes. */
const entryIn = ({ attributes }: Collection, item: Item | undefined): Item | undefined =>
  item && attributes.every((name) => item[name]) ? pick(item, attributes) : undefined;

/** These attributes of an item. */
export const pick = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));

type Key = v.InferOutput<typeof KeySchema>;

const collection = (...keys: readonly [Key, ...Key[]]): Collection => {
  const partitions = new Map<string, { readonly place: string; readonly items: Item[] }>();
  const compare = comparatorOf(keys);
  const hashName = keys[0][0].AttributeName;
  const partition = (hash: string): Item[] => {
    const found = partitions.get(hash) ?? { place: placeOf(hash), items: [] };
    partitions.set(hash, found);
    return found.items;
  };
  const splice = (place: Item, removed: number, ...added: Item[]): void => {
    const items = partition(textOf(place, hashName));
    items.splice(
      firstIndex(items, (item) => compare(item, place) >= 0),
      removed,
      ...added,
    );
  };
  return {
    attributes: keys.flat().map(({ AttributeName }) => AttributeName),
    compare,
    get(key) {
      const items = partitions.get(textOf(key, hashName))?.items ?? [];
      const found = items[firstIndex(items, (item) => compare(item, key) >= 0)];
      return found && compare(found, key) === 0 ? found : undefined;
    },
    partition: (hash) => partitions.get(hash)?.items ?? [],
    all: () =>
      [...partitions.values()].sort((a, b) => (a.place < b.place ? -1 : 1)).flatMap(({ items }) => items),
    replace(before, item) {
      if (before) splice(before, 1);
      if (item) splice(item, 0, item);
    },
  };
};

/** Partitions stand in the order of a hash of their keys, items of one partition in that of the sort key. */
const comparatorOf =
  (keys: readonly Key[]) =>
  (a: Item, b: Item): number => {
    for (const [{ AttributeName: hash }, range] of keys) {
      const [x, y] = [textOf(a, hash), textOf(b, hash)];
      if (x !== y) return placeOf(x) < placeOf(y) ? -1 : 1;
      const order = range ? compareValues(a[range.AttributeName], b[range.AttributeName]) : 0;
      if (order !== 0) return order;
    }
    return 0;
  };

const placeOf = (hash: string): string => createHash('sha256').update(hash).digest('hex');

const textOf = (item: Item, name: string): string => {
  const value = item[name];
  if (!value || !('S' in value)) throw invalid('the fake knows partition keys of type S only');
  return value.S;
};

/** The index of the first item of a sorted list for which `isBehind` holds; the length if there is none. */
export const firstIndex = (items: readonly Item[], isBehind: (item: Item) => boolean): number => {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item && isBehind(item)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * The size of an item in bytes: names and texts in UTF-8, one byte for two digits of a number and one more
 * (Developer Guide, "DynamoDB item sizes and formats").
 */
export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const sizeOfValue = (value: Item[string]): number => {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  return Math.ceil(value.N.replace(/^-|0+$/g, '').length / 2) + 1;
};
