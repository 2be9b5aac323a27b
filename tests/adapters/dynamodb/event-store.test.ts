import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../../src/adapters/dynamodb/event-store.ts';
import { keyOf, toItem } from '../../../src/adapters/dynamodb/ledger-item.ts';
import { SeqConflictError } from '../../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { listOf, rejectionOf } from '../../support/async.ts';
import { eventStoreContract } from '../../support/contracts/event-store.ts';
import { chain, NOW, observed, STREAM, streamOf } from '../../support/events.ts';
import { refused } from '../../support/failures.ts';
import {
  type FakeDynamoDB,
  type FakeOptions,
  fakeDynamoDBServer,
  LEDGER_TABLE,
  type Loss,
} from '../../support/fakes/dynamodb-server.ts';

for (const [name, options] of [
  ['dynamodbStore', {}],
  ['dynamodbStore on a DynamoDB with small pages and without ALL_OLD', { allOld: false, pageSize: 3 }],
] satisfies [string, FakeOptions][]) {
  eventStoreContract(name, async () => {
    const { client, close } = await fakeDynamoDBServer(options);
    return { store: dynamodbStore(client, LEDGER_TABLE), close };
  });
}

const test = suite('what dynamodbStore asks of DynamoDB');

const open: FakeDynamoDB[] = [];
test.after.each(async () => {
  for (const fake of open.splice(0)) await fake.close();
});

/** A store over a fake, a stream of three events to append, and the event that a rival wrote first. */
const setUp = async (options: FakeOptions = {}) => {
  const fake = await fakeDynamoDBServer({ maxAttempts: 1, ...options });
  open.push(fake);
  const mock = mockClient(fake.client);
  // Records the calls, and lets those pass that a test does not answer.
  mock.send.callThrough();
  const [first, second, third] = chain([observed('o1'), observed('o2'), observed('o3')]) as [
    RecordedEvent,
    RecordedEvent,
    RecordedEvent,
  ];
  const rival = record(STREAM, observed('rival'), undefined, NOW);
  const inputs = (command: Parameters<typeof mock.commandCalls>[0]): object[] =>
    mock.commandCalls(command).map((call) => call.args[0].input);
  return {
    ...fake,
    mock,
    store: dynamodbStore(fake.client, LEDGER_TABLE),
    first,
    second,
    third,
    rival,
    inputs,
  };
};

test('an append is one PutItem on the condition that the place is empty, and asks who stands there', async () => {
  const { store, first, inputs, mock } = await setUp();
  await store.append(first);
  assert.is(mock.calls().length, 1);
  assert.equal(inputs(PutItemCommand), [
    {
      TableName: LEDGER_TABLE,
      Item: toItem(first),
      ConditionExpression: 'attribute_not_exists(#stream)',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  ]);
});

for (const [what, options, reads] of [
  ['no read where the service says who won', {}, 0],
  ['one consistent read where it does not', { allOld: false }, 1],
] satisfies [string, FakeOptions, number][]) {
  test(`a lost race costs ${what}`, async () => {
    const { store, first, rival, inputs, mock } = await setUp(options);
    await store.append(rival);
    const error = await rejectionOf(store.append(first));
    assert.ok(error instanceof SeqConflictError);
    assert.instance(error.cause, ConditionalCheckFailedException);
    const read = { TableName: LEDGER_TABLE, Key: keyOf(first), ConsistentRead: true };
    assert.equal(inputs(GetItemCommand), Array(reads).fill(read));
    assert.is(mock.calls().length, 2 + reads);
  });

  test(`a redelivery costs ${what}`, async () => {
    const { store, first, mock } = await setUp(options);
    await store.append(first);
    const again = record(STREAM, first.event, undefined, new Date('2026-04-01T00:00:00.000Z'));
    assert.equal(await store.append(again), { event: first, fresh: false });
    assert.is(mock.calls().length, 2 + reads);
  });
}

test('a place that is empty when it is asked after a conflict is still a conflict', async () => {
  const { store, first, rival, mock } = await setUp({ allOld: false });
  await store.append(rival);
  mock.on(GetItemCommand).resolves({});
  assert.instance(await rejectionOf(store.append(first)), SeqConflictError);
});

for (const [loss, stored] of [
  ['request', 0],
  ['reply', 1],
] satisfies [Loss, number][]) {
  for (const allOld of [true, false]) {
    const where = allOld ? 'with ALL_OLD' : 'without ALL_OLD';
    test(`an append whose ${loss} was lost can be repeated, and is then fresh (${where})`, async () => {
      const { store, first, lose } = await setUp({ allOld });
      lose(loss);
      const error = (await rejectionOf(store.append(first))) as NodeJS.ErrnoException;
      assert.is(error.code, 'ECONNRESET');
      assert.equal(await store.read(STREAM), [first].slice(0, stored));
      assert.equal(await store.append(first), { event: first, fresh: true });
      assert.equal(await store.read(STREAM), [first]);
    });

    test(`a rival that writes after a lost ${loss} is told who stands there (${where})`, async () => {
      const { store, first, rival, lose } = await setUp({ allOld });
      lose(loss);
      await rejectionOf(store.append(first));
      const rivalWins = await store.append(rival).then(
        () => true,
        (error: unknown) => (error instanceof SeqConflictError ? false : Promise.reject(error)),
      );
      assert.is(rivalWins, loss === 'request');
      assert.equal(await store.read(STREAM), [rivalWins ? rival : first]);
    });
  }
}

for (const loss of ['request', 'reply'] satisfies Loss[]) {
  test(`when the SDK itself repeats an append whose ${loss} was lost, the append is fresh`, async () => {
    const { client, store, first, lose } = await setUp({ maxAttempts: 2 });
    let sent = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        sent += 1;
        return next(args);
      },
      { step: 'deserialize' },
    );
    lose(loss);
    assert.equal(await store.append(first), { event: first, fresh: true });
    assert.is(sent, 2);
  });
}

for (const name of [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]) {
  test(`a ${name} passes through as it is`, async () => {
    const { store, first, mock } = await setUp();
    const throttled = refused('Rate exceeded', name);
    mock.rejects(throttled);
    const calls = [store.append(first), store.read(STREAM), store.find([first]), listOf(store.readAll())];
    for (const [i, call] of calls.entries()) assert.is(await rejectionOf(call), throttled, String(i));
  });
}

test('a read asks for page after page, consistently', async () => {
  const { store, first, second, third, inputs } = await setUp({ pageSize: 1 });
  for (const event of [first, second, third]) await store.append(event);
  assert.equal(await store.read(STREAM), [first, second, third]);
  const query = {
    TableName: LEDGER_TABLE,
    KeyConditionExpression: '#stream = :stream',
    ExpressionAttributeNames: { '#stream': 'stream' },
    ExpressionAttributeValues: { ':stream': { S: STREAM } },
    ConsistentRead: true,
  };
  assert.equal(inputs(QueryCommand), [
    query,
    { ...query, ExclusiveStartKey: keyOf(first) },
    { ...query, ExclusiveStartKey: keyOf(second) },
    { ...query, ExclusiveStartKey: keyOf(third) },
  ]);
});

test('readAll asks for page after page, consistently, and only as far as it is read', async () => {
  const { store, first, second, third, inputs } = await setUp({ pageSize: 2 });
  for (const event of [first, second, third]) await store.append(event);
  const scan = { TableName: LEDGER_TABLE, ConsistentRead: true };
  const events = store.readAll()[Symbol.asyncIterator]();
  assert.equal([(await events.next()).value, (await events.next()).value], [first, second]);
  assert.equal(inputs(ScanCommand), [scan]);
  assert.equal((await events.next()).value, third);
  assert.ok((await events.next()).done);
  assert.equal(inputs(ScanCommand), [scan, { ...scan, ExclusiveStartKey: keyOf(second) }]);
});

test('an empty page in the middle ends neither a read nor readAll', async () => {
  const { store, first, second, mock } = await setUp();
  for (const command of [QueryCommand, ScanCommand] as const) {
    mock
      .on(command)
      .resolvesOnce({ Items: [toItem(first)], LastEvaluatedKey: keyOf(first) })
      .resolvesOnce({ LastEvaluatedKey: keyOf(first) })
      .resolves({ Items: [toItem(second)] });
  }
  assert.equal(await store.read(STREAM), [first, second]);
  assert.equal(await listOf(store.readAll()), [first, second]);
});

test('find asks for 100 places at a time, consistently', async () => {
  const { store, first, inputs } = await setUp();
  await store.append(first);
  const places = Array.from({ length: 101 }, (_, i) => ({ stream: streamOf(`i-${i}`), seq: 1 }));
  assert.equal(await store.find([...places, first]), [first]);
  const asked = (Keys: object[]) => ({ RequestItems: { [LEDGER_TABLE]: { Keys, ConsistentRead: true } } });
  assert.equal(inputs(BatchGetItemCommand), [
    asked(places.slice(0, 100).map(keyOf)),
    asked([...places.slice(100), first].map(keyOf)),
  ]);
});

test('find asks again, consistently, for what was left unprocessed', async () => {
  const { store, first, second, third, inputs } = await setUp({ batchSize: 2 });
  for (const event of [first, second, third]) await store.append(event);
  const found = await store.find([first, second, third]);
  assert.equal(
    found.toSorted((a, b) => a.seq - b.seq),
    [first, second, third],
  );
  assert.equal(inputs(BatchGetItemCommand), [
    { RequestItems: { [LEDGER_TABLE]: { Keys: [first, second, third].map(keyOf), ConsistentRead: true } } },
    { RequestItems: { [LEDGER_TABLE]: { Keys: [keyOf(third)], ConsistentRead: true } } },
  ]);
});

test.run();
