import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rejectionOf } from '../async.ts';
import { type FakeDynamoDB, fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from './dynamodb-server.ts';

const test = suite('the fake DynamoDB');

let fake: FakeDynamoDB;
let client: DynamoDBClient;
test.before.each(async () => {
  fake = await fakeDynamoDBServer();
  ({ client } = fake);
});
test.after.each(async () => fake.close());

const STREAMS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const item = (stream: string, bytes = 0) => ({
  stream: { S: stream },
  seq: { N: '1' },
  ...(bytes > 0 && { body: { S: 'x'.repeat(bytes) } }),
});
const put = (input: Partial<PutItemCommandInput> = {}) =>
  client.send(
    new PutItemCommand({
      TableName: LEDGER_TABLE,
      Item: item('a'),
      ReturnConsumedCapacity: 'TOTAL',
      ...input,
    }),
  );
const scan = (input: object = {}) =>
  client.send(new ScanCommand({ TableName: LEDGER_TABLE, ConsistentRead: true, ...input }));

const refusals: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  [
    'an expression that it does not know',
    () => put({ ConditionExpression: 'size(body) < seq' }),
    'does not know the expression',
  ],
  [
    'an expression that ends too early',
    () => put({ ConditionExpression: 'attribute_exists(seq) AND ' }),
    'does not know the expression',
  ],
  [
    'a placeholder without a definition',
    () => put({ ConditionExpression: 'attribute_exists(#seq)' }),
    '#seq, which is not defined',
  ],
  [
    'a placeholder without a use',
    () => put({ ExpressionAttributeNames: { '#seq': 'seq' } }),
    'no expression uses #seq',
  ],
  ['a member that it does not know', () => put({ ReturnValues: 'ALL_OLD' }), 'ReturnValues'],
  ['a parallel scan', () => scan({ Segment: 0, TotalSegments: 2 }), 'Segment'],
  ['an item of more than 400 KB', () => put({ Item: item('a', 400 * 1024) }), 'Item size'],
  ['an item without its key', () => put({ Item: { stream: { S: 'a' } } }), 'seq'],
  ['an item whose key has another type', () => put({ Item: { ...item('a'), seq: { S: '1' } } }), 'seq'],
  ['a value that it does not know', () => put({ Item: { ...item('a'), is: { BOOL: true } } }), 'Item.is'],
  [
    'a start that is no key',
    () => scan({ ExclusiveStartKey: { stream: { S: 'a' } } }),
    'does not match the schema',
  ],
  [
    'more than 100 keys in a batch',
    () => batch(Array.from({ length: 101 }, (_, i) => item(`s${i}`))),
    '1 to 100 keys',
  ],
  ['a key that is twice in a batch', () => batch([item('a'), item('b'), item('a')]), 'duplicates'],
  [
    'a query that is not for one partition',
    () =>
      client.send(
        new QueryCommand({
          TableName: LEDGER_TABLE,
          KeyConditionExpression: 'stream < :s',
          ExpressionAttributeValues: { ':s': { S: 'a' } },
        }),
      ),
    'key condition',
  ],
];

const batch = (Keys: ReturnType<typeof item>[]) =>
  client.send(new BatchGetItemCommand({ RequestItems: { [LEDGER_TABLE]: { Keys } } }));

for (const [what, act, message] of refusals) {
  test(`refuses ${what}`, async () => {
    const error = await rejectionOf(act());
    assert.instance(error, DynamoDBServiceException);
    assert.is((error as DynamoDBServiceException).name, 'ValidationException');
    assert.match((error as DynamoDBServiceException).message, message);
  });
}

test('refuses an operation that it does not know', async () => {
  const update = new UpdateItemCommand({ TableName: LEDGER_TABLE, Key: item('a') });
  assert.is(((await rejectionOf(client.send(update))) as Error).name, 'UnknownOperationException');
});

test('AND binds more tightly than OR', async () => {
  await put();
  const either = 'attribute_exists(seq) OR attribute_exists(body) AND attribute_not_exists(seq)';
  await put({ ConditionExpression: either });
  const neither = 'attribute_exists(body) AND attribute_exists(seq) OR attribute_not_exists(seq)';
  const error = await rejectionOf(put({ ConditionExpression: neither }));
  assert.is((error as Error).name, 'ConditionalCheckFailedException');
});

test('a read sees the last write to a table only if it is consistent', async () => {
  const get = (ConsistentRead: boolean) =>
    client.send(new GetItemCommand({ TableName: LEDGER_TABLE, Key: item('a'), ConsistentRead }));
  await put();
  assert.equal([(await get(true)).Item, (await get(false)).Item], [item('a'), undefined]);
  await client.send(new DeleteItemCommand({ TableName: LEDGER_TABLE, Key: item('a') }));
  assert.equal([(await get(true)).Item, (await get(false)).Item], [undefined, item('a')]);
});

test('a scan gives partitions in another order than that of the alphabet, in pages of up to 1 MB', async () => {
  for (const stream of STREAMS) await put({ Item: item(stream, 300 * 1024) });
  const streams: (string | undefined)[] = [];
  const pages: number[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const page = await scan({ ExclusiveStartKey });
    pages.push(page.Items?.length ?? 0);
    streams.push(...(page.Items ?? []).map(({ stream }) => stream?.S));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  assert.equal(pages, [3, 3, 2]);
  assert.not.equal(streams, STREAMS);
  assert.equal(streams.toSorted(), STREAMS);
});

test('writes consume a unit for each KB of the larger item, and for each entry of an index', async () => {
  const units = async (input: Partial<PutItemCommandInput>) =>
    (await put(input)).ConsumedCapacity?.CapacityUnits;
  assert.is(await units({ Item: item('a') }), 1);
  assert.is(await units({ Item: item('a', 2_000) }), 2);
  assert.is(await units({ Item: item('a') }), 2);
  const row = (dueAt?: string) => ({
    TableName: STATE_TABLE,
    Item: { resource: { S: 'a' }, ...(dueAt && { due: { S: 'open/0' }, dueAt: { S: dueAt } }) },
  });
  // A new entry, the same, another key (one entry is deleted, one is added), and none.
  const changes = [row('1'), row('1'), row('2'), row()];
  const counted: (number | undefined)[] = [];
  for (const change of changes) counted.push(await units(change));
  assert.equal(counted, [2, 1, 3, 2]);
});

test('reads consume a unit for each 4 KB, or half of it, and at least for one', async () => {
  for (const stream of STREAMS) await put({ Item: item(stream, 5_000) });
  const read = { TableName: LEDGER_TABLE, ReturnConsumedCapacity: 'TOTAL' } as const;
  const get = (stream: string, ConsistentRead: boolean) =>
    client.send(new GetItemCommand({ ...read, Key: item(stream), ConsistentRead }));
  const answers = [await get('a', true), await get('a', false), await get('nowhere', true), await scan(read)];
  assert.equal(
    answers.map(({ ConsumedCapacity }) => ConsumedCapacity?.CapacityUnits),
    [2, 1, 1, 10],
  );
  const keys = ['a', 'b', 'nowhere'].map((stream) => item(stream));
  const batched = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [LEDGER_TABLE]: { Keys: keys, ConsistentRead: true } },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  assert.equal(
    batched.ConsumedCapacity?.map(({ CapacityUnits }) => CapacityUnits),
    [5],
  );
});

test.run();
