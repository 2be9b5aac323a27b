import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../../src/adapters/dynamodb/paging.ts';
import { dynamodbStateStore } from '../../../src/adapters/dynamodb/state-store.ts';
import { canonicalJson } from '../../../src/events/canonical-json.ts';
import type { StateRow } from '../../../src/projections/state-row.ts';
import { firstDifference, isSame, type StoredRow, storedOf } from '../../../src/projections/stored-row.ts';
import { listOf, rejectionOf } from '../../support/async.ts';
import { rowsOf, stateStoreContract } from '../../support/contracts/state-store.ts';
import { STREAM, streamOf } from '../../support/events.ts';
import { refused } from '../../support/failures.ts';
import { type FakeOptions, fakeDynamoDBServer, STATE_TABLE } from '../../support/fakes/dynamodb-server.ts';

for (const [name, options] of [
  ['dynamodbStateStore', {}],
  ['dynamodbStateStore with small pages', { pageSize: 2 }],
] satisfies [string, FakeOptions][]) {
  stateStoreContract(name, async () => {
    const { client, close } = await fakeDynamoDBServer(options);
    return { states: dynamodbStateStore(client, STATE_TABLE), close };
  });
}

const test = suite('what dynamodbStateStore asks of DynamoDB');

/** A store over a mocked client, and a row with the item that it is stored as. */
const setUp = () => {
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const row = rowsOf(STREAM)[1] as StateRow;
  const { lastSeq, ...state } = row.resource;
  const item: Item = {
    resource: { S: STREAM },
    status: { S: row.status },
    lastSeq: { N: String(lastSeq) },
    state: { S: canonicalJson(state) },
    due: { S: 'open/0' },
    dueAt: { S: '2026-03-31T20:15:00.000Z' },
  };
  return { mock, row, item, states: dynamodbStateStore(client, STATE_TABLE) };
};

test('a save is one PutItem, on the condition that no row or an older one is there', async () => {
  const { mock, row, item, states } = setUp();
  mock.on(PutItemCommand).resolves({});
  await states.save(row);
  assert.equal(
    mock.calls().map((call) => call.args[0].input),
    [
      {
        TableName: STATE_TABLE,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#resource) OR lastSeq < :lastSeq',
        ExpressionAttributeNames: { '#resource': 'resource' },
        ExpressionAttributeValues: { ':lastSeq': { N: '2' } },
      },
    ],
  );
});

test('a save that comes too late resolves, because a newer row is there', async () => {
  const { mock, row, states } = setUp();
  mock
    .on(PutItemCommand)
    .rejects(new ConditionalCheckFailedException({ message: 'too late', $metadata: {} }));
  await states.save(row);
});

for (const name of [
  'ProvisionedThroughputExceededException',
  'ValidationException',
  'ResourceNotFoundException',
]) {
  test(`a ${name} passes through as it is`, async () => {
    const { mock, row, states } = setUp();
    const error = refused('no', name);
    mock.rejects(error);
    const calls = [
      states.save(row),
      states.get([STREAM]),
      listOf(states.list()),
      states.replace(row, undefined),
    ];
    for (const call of calls) assert.is(await rejectionOf(call), error);
  });
}

test('a read is consistent, in calls of at most a hundred keys', async () => {
  const { mock, row, item, states } = setUp();
  mock.on(BatchGetItemCommand).resolves({ Responses: { [STATE_TABLE]: [item] } });
  const arns = [STREAM, ...Array.from({ length: 149 }, (_, n) => streamOf(`i-${n}`))];
  assert.equal(await states.get(arns), [row, row]);
  const asked = mock
    .commandCalls(BatchGetItemCommand)
    .map((call) => call.args[0].input.RequestItems?.[STATE_TABLE]);
  assert.equal(
    asked.map((one) => [one?.Keys?.length, one?.ConsistentRead]),
    [
      [100, true],
      [50, true],
    ],
  );
});

test('the list asks for page after page, consistently', async () => {
  const { mock, row, item, states } = setUp();
  const key = { resource: { S: STREAM } };
  mock
    .on(ScanCommand)
    .resolvesOnce({ Items: [item], LastEvaluatedKey: key })
    .resolvesOnce({ LastEvaluatedKey: key })
    .resolves({ Items: [item] });
  assert.equal(await listOf(states.list()), [row, row]);
  const asked = mock.commandCalls(ScanCommand).map((call) => call.args[0].input);
  const scan = { TableName: STATE_TABLE, ConsistentRead: true };
  assert.equal(asked, [scan, { ...scan, ExclusiveStartKey: key }, { ...scan, ExclusiveStartKey: key }]);
});

for (const [what, lastSeq, asked] of [
  [
    'whose lastSeq a hand removed',
    undefined,
    /^attribute_exists\(#resource\) AND attribute_not_exists\(lastSeq\)$/,
  ],
  ['whose lastSeq is a text', { S: 'two' }, /^lastSeq = :seen$/],
  ['whose lastSeq JavaScript cannot hold', { N: '12345678901234567890' }, /^lastSeq = :seen$/],
] as const) {
  test(`a row ${what} is read as it is stored, and replaced on that condition`, async () => {
    const { mock, row, item, states } = setUp();
    const { lastSeq: _, ...others } = item;
    const there: Item = lastSeq ? { ...others, lastSeq } : others;
    mock.on(BatchGetItemCommand).resolves({ Responses: { [STATE_TABLE]: [there] } });
    mock.on(PutItemCommand).resolves({});
    const [seen] = await states.stored([STREAM]);
    assert.is(isSame(seen, storedOf(row)), false);
    assert.is(firstDifference(storedOf(row), seen as StoredRow), 'lastSeq');
    assert.is(await states.replace(row, seen), true);
    const [put] = mock.commandCalls(PutItemCommand).map((call) => call.args[0].input);
    assert.match(put?.ConditionExpression ?? '', asked);
    assert.equal(put?.ExpressionAttributeValues?.[':seen'], lastSeq);
  });
}

test('what is no row is neither listed nor compared: memos have other keys', async () => {
  const { mock, row, item, states } = setUp();
  mock.on(ScanCommand).resolves({ Items: [{ resource: { S: 'quiet/denied' }, memo: { S: '1' } }, item] });
  assert.equal(await listOf(states.list()), [row]);
  assert.equal(await listOf(states.listStored()), [storedOf(row)]);
});

test('the status of a row follows from its state, whatever a stale copy says', async () => {
  const { mock, row, item, states } = setUp();
  mock.on(ScanCommand).resolves({ Items: [{ ...item, status: { S: 'retired' } }] });
  assert.equal(await listOf(states.list()), [row]);
});

test.run();
