import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../../src/adapters/dynamodb/event-store.ts';
import { keyOf, toItem } from '../../../src/adapters/dynamodb/ledger-item.ts';
import { embeddedDynamoDB, LEDGER_TABLE } from '../../../src/embedded/embedded-dynamodb.ts';
import { SeqConflictError } from '../../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { listOf, rejectionOf } from '../../support/async.ts';
import { eventStoreContract } from '../../support/contracts/event-store.ts';
import { chain, NOW, observed, STREAM, streamOf } from '../../support/events.ts';
import { ConnectionLost, type Day, fakeDynamoDB, type Loss, refused } from '../../support/fakes/dynamodb.ts';

eventStoreContract('dynamodbStore on dynalite', async () => {
  const { client, close } = await embeddedDynamoDB();
  return { store: dynamodbStore(client, LEDGER_TABLE), close };
});

for (const [name, day] of [
  ['dynamodbStore on a DynamoDB with ALL_OLD', {}],
  ['dynamodbStore on a DynamoDB without ALL_OLD', { allOld: false, pageSize: 3 }],
] satisfies [string, Day][]) {
  eventStoreContract(name, () => ({ store: dynamodbStore(fakeDynamoDB(day).client, LEDGER_TABLE) }));
}

const test = suite('what dynamodbStore asks of DynamoDB');

/** A store over a fake, a stream of three events to append, and the event that a rival wrote first. */
const setUp = (day: Day = {}) => {
  const fake = fakeDynamoDB(day);
  const [first, second, third] = chain([observed('o1'), observed('o2'), observed('o3')]) as [
    RecordedEvent,
    RecordedEvent,
    RecordedEvent,
  ];
  const rival = record(STREAM, observed('rival'), undefined, NOW);
  const inputs = (command: Parameters<typeof fake.mock.commandCalls>[0]): object[] =>
    fake.mock.commandCalls(command).map((call) => call.args[0].input);
  return { ...fake, store: dynamodbStore(fake.client, LEDGER_TABLE), first, second, third, rival, inputs };
};

test('an append is one PutItem on the condition that the place is empty, and asks who stands there', async () => {
  const { store, first, inputs, mock } = setUp();
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

for (const [what, day, reads] of [
  ['no read where the service says who won', {}, 0],
  ['one consistent read where it does not', { allOld: false }, 1],
] satisfies [string, Day, number][]) {
  test(`a lost race costs ${what}`, async () => {
    const { store, first, rival, inputs, mock } = setUp(day);
    await store.append(rival);
    const error = await rejectionOf(store.append(first));
    assert.ok(error instanceof SeqConflictError);
    assert.instance(error.cause, ConditionalCheckFailedException);
    const read = { TableName: LEDGER_TABLE, Key: keyOf(first), ConsistentRead: true };
    assert.equal(inputs(GetItemCommand), Array(reads).fill(read));
    assert.is(mock.calls().length, 2 + reads);
  });

  test(`a redelivery costs ${what}`, async () => {
    const { store, first, mock } = setUp(day);
    await store.append(first);
    const again = record(STREAM, first.event, undefined, new Date('2026-04-01T00:00:00.000Z'));
    assert.equal(await store.append(again), { event: first, fresh: false });
    assert.is(mock.calls().length, 2 + reads);
  });
}

test('a place that is empty when it is asked after a conflict is still a conflict', async () => {
  const { store, first, rival, mock } = setUp({ allOld: false });
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
      const { store, first, lose, size } = setUp({ allOld });
      lose(loss);
      assert.instance(await rejectionOf(store.append(first)), ConnectionLost);
      assert.is(size(), stored);
      assert.equal(await store.append(first), { event: first, fresh: true });
      assert.equal(await store.read(STREAM), [first]);
    });

    test(`a rival that writes after a lost ${loss} is told who stands there (${where})`, async () => {
      const { store, first, rival, lose } = setUp({ allOld });
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

test('when the SDK itself repeats an append whose reply was lost, the append is fresh', async () => {
  const { client, close } = await embeddedDynamoDB();
  try {
    let sent = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const isFirst = ++sent === 1;
        const reply = await next(args);
        if (isFirst) throw new ConnectionLost('the reply was lost');
        return reply;
      },
      { step: 'deserialize', priority: 'high' },
    );
    const { first } = setUp();
    assert.equal(await dynamodbStore(client, LEDGER_TABLE).append(first), { event: first, fresh: true });
    // The PutItem, the same again, and the GetItem that dynalite makes necessary.
    assert.is(sent, 3);
  } finally {
    await close();
  }
});

for (const name of [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]) {
  test(`a ${name} passes through as it is`, async () => {
    const { store, first, mock } = setUp();
    const throttled = refused('Rate exceeded', name);
    mock.rejects(throttled);
    const calls = [store.append(first), store.read(STREAM), store.find([first]), listOf(store.readAll())];
    for (const [i, call] of calls.entries()) assert.is(await rejectionOf(call), throttled, String(i));
  });
}

test('a read asks for page after page, consistently', async () => {
  const { store, first, second, third, inputs } = setUp({ pageSize: 1 });
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
  const { store, first, second, third, inputs } = setUp({ pageSize: 2 });
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
  const { store, first, second, mock } = setUp();
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
  const { store, first, inputs } = setUp();
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
  const { store, first, second, third, inputs } = setUp({ batchSize: 2 });
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
