import * as v from 'valibot';
import { holds, type Item, invalid, parseExpression, RefusedError, ValueSchema } from './expressions.ts';
import {
  type Collection,
  firstIndex,
  makeTable,
  NewTableSchema,
  pick,
  sizeOf,
  type Table,
} from './tables.ts';

/** The tables by name. */
export type Tables = Map<string, Table>;

/** Limits below those of DynamoDB. */
export interface Limits {
  /** Items on a page of Query and Scan. */
  readonly pageSize?: number;
  /** Keys that one BatchGetItem processes; it returns the others as unprocessed. */
  readonly batchSize?: number;
  /** `false` for a service that does not know ReturnValuesOnConditionCheckFailure. */
  readonly allOld?: boolean;
}

const KB = 1024;
const MAX_ITEM_BYTES = 400 * KB;
const MAX_PAGE_BYTES = KB * KB;
const MAX_BATCH_BYTES = 16 * KB * KB;
const MAX_BATCH_KEYS = 100;

const ItemSchema = v.record(v.string(), ValueSchema);

const TABLE = { TableName: v.string() };
const METERED = { ...TABLE, ReturnConsumedCapacity: v.optional(v.picklist(['NONE', 'TOTAL'])) };
const PLACEHOLDERS = {
  ExpressionAttributeNames: v.optional(v.record(v.string(), v.string())),
  ExpressionAttributeValues: v.optional(ItemSchema),
};
const WRITE = {
  ...METERED,
  ...PLACEHOLDERS,
  ConditionExpression: v.optional(v.string()),
  ReturnValuesOnConditionCheckFailure: v.optional(v.picklist(['NONE', 'ALL_OLD'])),
};
const READ = { ...METERED, ConsistentRead: v.optional(v.boolean(), false) };
const PAGE = { ...READ, ...PLACEHOLDERS, ExclusiveStartKey: v.optional(ItemSchema) };
const WriteSchema = v.object(WRITE);
const PageSchema = v.object(PAGE);

type Act = (tables: Tables, body: unknown, limits: Limits) => object;

/** An operation whose input has these members. As any other is refused, none is ignored. */
const operation =
  <S extends v.GenericSchema>(
    schema: S,
    act: (tables: Tables, input: v.InferOutput<S>, limits: Limits) => object,
  ): Act =>
  (tables, body, limits) => {
    const { success, output, issues } = v.safeParse(schema, body);
    if (success) return act(tables, output, limits);
    const [issue] = issues;
    throw invalid(`${v.getDotPath(issue) ?? 'the input'}: ${issue.message}`);
  };

/** The operations that the product calls on its tables, by name. Each answers with the JSON of its output. */
export const OPERATIONS: Readonly<Record<string, Act>> = {
  CreateTable: operation(NewTableSchema, (tables, definition) => {
    const { TableName } = definition;
    if (tables.has(TableName))
      throw new RefusedError('ResourceInUseException', `Table already exists: ${TableName}`);
    const table = makeTable(definition);
    tables.set(TableName, table);
    return { TableDescription: descriptionOf(table) };
  }),

  DescribeTable: operation(v.strictObject(TABLE), (tables, { TableName }) => ({
    Table: descriptionOf(tableIn(tables, TableName)),
  })),

  PutItem: operation(v.strictObject({ ...WRITE, Item: ItemSchema }), (tables, input, limits) => {
    const table = tableIn(tables, input.TableName);
    requireKeys(table, input.Item);
    if (sizeOf(input.Item) > MAX_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
    return write(table, table.items.get(input.Item), input.Item, input, limits);
  }),

  DeleteItem: operation(v.strictObject({ ...WRITE, Key: ItemSchema }), (tables, input, limits) => {
    const table = tableIn(tables, input.TableName);
    requireKey(table.items, input.Key);
    return write(table, table.items.get(input.Key), undefined, input, limits);
  }),

  GetItem: operation(v.strictObject({ ...READ, Key: ItemSchema }), (tables, input) => {
    const items = seenBy(input, tableIn(tables, input.TableName));
    requireKey(items, input.Key);
    const Item = items.get(input.Key);
    return { ...(Item && { Item }), ...consumed(input, readUnits(input, Item ? sizeOf(Item) : 0)) };
  }),

  BatchGetItem: operation(
    v.strictObject({
      ReturnConsumedCapacity: METERED.ReturnConsumedCapacity,
      RequestItems: v.record(
        v.string(),
        v.strictObject({ ConsistentRead: READ.ConsistentRead, Keys: v.array(ItemSchema) }),
      ),
    }),
    (tables, { RequestItems, ...input }, limits) => {
      const [[TableName, asked] = ['', { ConsistentRead: false, Keys: [] }], ...others] =
        Object.entries(RequestItems);
      if (others.length > 0) throw invalid('the fake reads from one table at a time');
      return batchGet(tableIn(tables, TableName), { ...input, ...asked, TableName }, limits);
    },
  ),

  Query: operation(
    v.strictObject({
      ...PAGE,
      IndexName: v.optional(v.string()),
      KeyConditionExpression: v.string(),
      Limit: v.optional(v.pipe(v.number(), v.minValue(1))),
    }),
    (tables, input, limits) => {
      const table = tableIn(tables, input.TableName);
      const source = input.IndexName === undefined ? seenBy(input, table) : indexIn(table, input);
      const expression = parseExpression(sourceOf(input, input.KeyConditionExpression));
      const [terms = [], ...alternatives] = expression ?? [];
      const [hash, range] = terms;
      const [hashName, rangeName] = source.attributes;
      const isKeyCondition =
        alternatives.length === 0 &&
        terms.length <= 2 &&
        hash?.attribute === hashName &&
        hash?.operator === '=' &&
        (!range || (range.attribute === rangeName && !range.operator.startsWith('attribute_')));
      const [value] = hash?.operands ?? [];
      if (!isKeyCondition || !value || !('S' in value)) throw invalid('Query key condition not supported');
      const found = source.partition(value.S).filter((item) => holds([terms], item));
      const { Items, ...page } = pageOf(found, source, input, limits);
      return { Items, Count: Items.length, ScannedCount: Items.length, ...page };
    },
  ),

  Scan: operation(
    v.strictObject({ ...PAGE, FilterExpression: v.optional(v.string()) }),
    (tables, input, limits) => {
      const source = seenBy(input, tableIn(tables, input.TableName));
      const filter = parseExpression(sourceOf(input, input.FilterExpression));
      const { Items: scanned, ...page } = pageOf(source.all(), source, input, limits);
      // A filter applies to a page after it was read: it may leave nothing of it.
      const Items = filter ? scanned.filter((item) => holds(filter, item)) : scanned;
      return { Items, Count: Items.length, ScannedCount: scanned.length, ...page };
    },
  ),
};

const tableIn = (tables: Tables, name: string): Table => {
  const table = tables.get(name);
  if (table) return table;
  throw new RefusedError(
    'ResourceNotFoundException',
    `Requested resource not found: Table: ${name} not found`,
  );
};

const indexIn = (table: Table, input: { IndexName?: string | undefined; ConsistentRead: boolean }) => {
  const index = table.indexes.get(input.IndexName ?? '');
  if (!index) throw invalid(`The table does not have the specified index: ${input.IndexName}`);
  if (input.ConsistentRead) throw invalid('Consistent reads are not supported on global secondary indexes');
  return index;
};

/** A read that is not consistent does not see the last write to the table. */
const seenBy = ({ ConsistentRead }: { readonly ConsistentRead: boolean }, table: Table): Collection =>
  ConsistentRead ? table.items : table.itemsBefore;

const descriptionOf = ({ definition, items }: Table) => ({
  ...definition,
  TableStatus: 'ACTIVE',
  ItemCount: items.all().length,
  GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map((index) => ({
    ...index,
    IndexStatus: 'ACTIVE',
  })),
});

/** Refuses a key with other attributes than those of the collection. */
const requireKey = ({ attributes }: Collection, key: Item): void => {
  const isKey =
    Object.keys(key).length === attributes.length && attributes.every((name) => key[name] !== undefined);
  if (!isKey) throw invalid('The provided key element does not match the schema');
};

/** Refuses an item without the table's key, and one with a key of another type than defined. */
const requireKeys = ({ definition, items }: Table, item: Item): void => {
  for (const { AttributeName: name, AttributeType: type } of definition.AttributeDefinitions) {
    const value = item[name];
    if (!value && !items.attributes.includes(name)) continue;
    if (!value || !(type in value)) throw invalid(`The key ${name} is missing or not of type ${type}`);
    if ('S' in value && value.S === '') throw invalid(`The key ${name} is an empty string`);
  }
};

const sourceOf = (
  input: Pick<v.InferOutput<typeof WriteSchema>, keyof typeof PLACEHOLDERS>,
  text: string | undefined,
) => ({ text, names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues });

const write = (
  table: Table,
  before: Item | undefined,
  item: Item | undefined,
  input: v.InferOutput<typeof WriteSchema>,
  { allOld = true }: Limits,
) => {
  const condition = parseExpression(sourceOf(input, input.ConditionExpression));
  if (condition && !holds(condition, before ?? {})) {
    const shown = allOld && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined;
    throw new RefusedError('ConditionalCheckFailedException', 'The conditional request failed', shown);
  }
  const sizes = [before, item].map((one) => (one ? sizeOf(one) : 0));
  const entries = table.write(before, item);
  return consumed(
    input,
    [Math.max(...sizes), ...entries].map(writeUnits).reduce((a, b) => a + b),
  );
};

type BatchGet = Omit<v.InferOutput<typeof PageSchema>, 'ExclusiveStartKey'> & { readonly Keys: Item[] };

const batchGet = (table: Table, input: BatchGet, { batchSize = MAX_BATCH_KEYS }: Limits) => {
  const { TableName, Keys, ConsistentRead } = input;
  if (Keys.length < 1 || Keys.length > MAX_BATCH_KEYS)
    throw invalid(`a BatchGetItem has 1 to ${MAX_BATCH_KEYS} keys`);
  const items = seenBy(input, table);
  for (const key of Keys) requireKey(items, key);
  const sorted = Keys.toSorted(items.compare);
  if (sorted.some((key, i) => i > 0 && items.compare(sorted[i - 1] ?? {}, key) === 0))
    throw invalid('Provided list of item keys contains duplicates');
  const found: Item[] = [];
  let [bytes, units, processed] = [0, 0, 0];
  for (const key of Keys.slice(0, batchSize)) {
    const item = items.get(key);
    const size = item ? sizeOf(item) : 0;
    if (bytes + size > MAX_BATCH_BYTES) break;
    if (item) found.push(item);
    bytes += size;
    units += readUnits(input, size);
    processed += 1;
  }
  const left = Keys.slice(processed);
  const { ConsumedCapacity } = consumed(input, units);
  return {
    // In no particular order: here, not in that of the keys.
    Responses: { [TableName]: found.reverse() },
    UnprocessedKeys: left.length > 0 ? { [TableName]: { Keys: left, ConsistentRead } } : {},
    ...(ConsumedCapacity && { ConsumedCapacity: [ConsumedCapacity] }),
  };
};

/**
 * The items behind the start key, which need not be that of an item, up to 1 MB. A page that ends at a limit has a
 * LastEvaluatedKey even when nothing follows.
 */
const pageOf = (
  found: readonly Item[],
  source: Collection,
  input: v.InferOutput<typeof PageSchema> & { readonly Limit?: number | undefined },
  { pageSize = Number.POSITIVE_INFINITY }: Limits,
) => {
  const { ExclusiveStartKey: start, Limit = Number.POSITIVE_INFINITY } = input;
  if (start) requireKey(source, start);
  const begin = start ? firstIndex(found, (item) => source.compare(item, start) > 0) : 0;
  const limit = Math.min(pageSize, Limit);
  let [end, bytes] = [begin, 0];
  for (const item of found.slice(begin)) {
    const size = sizeOf(item);
    if (end - begin === limit || (end > begin && bytes + size > MAX_PAGE_BYTES)) break;
    end += 1;
    bytes += size;
  }
  const Items = found.slice(begin, end);
  const last = Items.at(-1);
  const hasMore = end < found.length || Items.length === limit;
  return {
    Items,
    ...(last && hasMore && { LastEvaluatedKey: pick(last, source.attributes) }),
    ...consumed(input, readUnits(input, bytes)),
  };
};

/** A write unit is 1 KB, a read unit 4 KB; a read that is not consistent costs half, and nothing is free. */
const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / KB));
const readUnits = ({ ConsistentRead }: { readonly ConsistentRead: boolean }, bytes: number): number =>
  Math.max(1, Math.ceil(bytes / (4 * KB))) * (ConsistentRead ? 1 : 0.5);

const consumed = (
  { TableName, ReturnConsumedCapacity }: { TableName: string; ReturnConsumedCapacity?: string | undefined },
  CapacityUnits: number,
) => (ReturnConsumedCapacity === 'TOTAL' ? { ConsumedCapacity: { TableName, CapacityUnits } } : {});
