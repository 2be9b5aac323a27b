import type { DynamoDBRecord } from 'aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { type FeedBatch, type FeedEvent, positionsOf } from '../../src/handlers/runtime/feed-batch.ts';
import { fromLambda } from '../../src/handlers/runtime/lambda-feed.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import type { Mapping } from '../../src/stream-consumer/event-source-mapping.ts';
import { openStreamsReader } from '../../src/stream-consumer/streams-reader.ts';
import { rejectionOf } from '../support/async.ts';
import { applied, NOW, requested, streamOf } from '../support/events.ts';
import { type FakeShard, fakeStreams, insertOf } from '../support/fakes/streams.ts';

const test = suite('reader of DynamoDB Streams');

const STREAM_ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/ledger/stream/2026-03-31T00:00:00.000';

/** The first event of the resource `i-0a<n>`. */
const eventOf = (n: number): RecordedEvent =>
  record(streamOf(`i-0a${n}`), requested(`e${n}`), undefined, NOW);
const inserts = (...numbers: readonly number[]) => numbers.map((n) => insertOf(eventOf(n)));
const numberOf = ({ recorded }: FeedEvent): number => Number(recorded.stream.split('i-0a').at(-1));

/** A change feed of these shards, a consumer of it that can be started anew, and what it got. */
const setUp = (...shards: FakeShard[]) => {
  const fake = fakeStreams(shards);
  const coordination = memoryCoordinationStore();
  const got: number[] = [];
  const batches: FeedBatch[] = [];
  const dropped: DynamoDBRecord[] = [];
  const trimmed: string[] = [];
  const start = (over: Partial<Mapping> = {}) =>
    openStreamsReader(
      {
        streams: fake.streams,
        coordination,
        streamArn: STREAM_ARN,
        onTrimmed: (shardId) => trimmed.push(shardId),
      },
      {
        name: 'apply',
        consumer: async (batch) => {
          batches.push(batch);
          got.push(...batch.events.map(numberOf));
          return new Set();
        },
        batchSize: 100,
        maxRetries: 0,
        onDropped: (records) => dropped.push(...records),
        ...over,
      },
    );
  return { ...fake, shards, start, got, batches, dropped, trimmed };
};

test('a new consumer gets all that the feed holds, and after a restart only what came since', async () => {
  const shard: FakeShard = { id: 's1', records: inserts(1, 2, 3, 4) };
  const { start, got } = setUp(shard);
  const reader = await start();
  assert.is(await reader.turn(), 4);
  assert.is(await reader.turn(), 0);
  shard.records.push(...inserts(5));
  assert.is(await (await start()).turn(), 1);
  assert.equal(got, [1, 2, 3, 4, 5]);
});

test('what is given up is kept as Lambda hands it over, and can be read again', async () => {
  const { start, dropped } = setUp({ id: 's1', records: inserts(1, 2) });
  const consumer = async (batch: FeedBatch) => new Set(batch.events.slice(-1).map((one) => one.position));
  await (await start({ consumer })).turn();
  const [one] = dropped;
  assert.is(one?.eventSourceARN, STREAM_ARN);
  assert.is(one?.dynamodb?.ApproximateCreationDateTime, NOW.getTime() / 1000);
  assert.equal(
    fromLambda(JSON.parse(JSON.stringify({ Records: dropped }))).events.map(({ recorded }) => recorded),
    [eventOf(2)],
  );
});

test('a change of an event reaches the consumer as tampering, and is given up with what was there before', async () => {
  const [insert] = inserts(1);
  const change = { ...insert, eventName: 'MODIFY' as const };
  Object.assign(change.dynamodb ?? {}, { OldImage: insert?.dynamodb?.NewImage });
  const { start, batches } = setUp({ id: 's1', records: [change] });
  await (await start()).turn();
  assert.equal(
    batches.map(({ events, tampered }) => [events.length, tampered[0]?.tampering.what]),
    [[0, 'changed']],
  );
  const other = setUp({ id: 's1', records: [change] });
  await (await other.start({ consumer: async () => new Set([0]) })).turn();
  assert.ok(other.dropped[0]?.dynamodb?.OldImage);
  assert.equal(other.dropped[0]?.dynamodb?.OldImage, other.dropped[0]?.dynamodb?.NewImage);
});

/** The numbers of the events of each batch. */
const sizes = (batches: readonly FeedBatch[]) => batches.map((batch) => positionsOf(batch).length);

test('pages are joined up to the size of a batch', async () => {
  const { start, got, batches } = setUp({ id: 's1', records: inserts(1, 2, 3, 4, 5, 6, 7, 8) });
  assert.is(await (await start({ batchSize: 5 })).turn(), 8);
  assert.equal(sizes(batches), [5, 3]);
  assert.equal(got, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('an iterator that expires between two pages of a batch loses nothing, and nothing comes twice', async () => {
  const { start, got, batches, expire, streams } = setUp({ id: 's1', records: inserts(1, 2, 3, 4, 5) });
  const send = streams.send as (command: object) => Promise<unknown>;
  let pages = 0;
  Object.assign(streams, {
    send: async (command: object) => {
      if (command.constructor.name === 'GetRecordsCommand' && ++pages === 2) expire();
      return send(command);
    },
  });
  await (await start()).turn();
  assert.equal([got, sizes(batches)], [[1, 2, 3, 4, 5], [5]]);
});

test('a service that fails between two pages of a batch brings the first page again', async () => {
  const { start, got, streams } = setUp({ id: 's1', records: inserts(1, 2, 3, 4, 5) });
  const send = streams.send as (command: object) => Promise<unknown>;
  const down = new Error('down');
  let pages = 0;
  Object.assign(streams, {
    send: async (command: object) => {
      if (command.constructor.name === 'GetRecordsCommand' && ++pages === 2) throw down;
      return send(command);
    },
  });
  const reader = await start();
  assert.is(await rejectionOf(reader.turn()), down);
  assert.equal(got, []);
  await reader.turn();
  assert.equal(got, [1, 2, 3, 4, 5]);
});

test('the end of a closed shard is noted after its last records are done, and not before', async () => {
  const shard: FakeShard = { id: 's1', records: inserts(1, 2, 3, 4), closed: true };
  const { start, got } = setUp(shard);
  const died = new Error('died');
  const fails = () => Promise.reject(died);
  const onDropped = () => {
    throw died;
  };
  assert.is(await rejectionOf((await start({ consumer: fails, onDropped })).turn()), died);
  await (await start()).turn();
  assert.equal(got, [1, 2, 3, 4]);
});

test('only the types of the filter are delivered, and the cursor passes the others', async () => {
  const other = insertOf(record(streamOf('i-0a7'), applied('b'), undefined, NOW));
  const { start, got } = setUp({ id: 's1', records: [other, ...inserts(1)] });
  assert.is(await (await start({ types: ['TagRequested'] })).turn(), 1);
  assert.is(await (await start()).turn(), 0);
  assert.equal(got, [1]);
});

test('a shard is read only after the one that it came from has been read to its end', async () => {
  const parent: FakeShard = { id: 's1', records: inserts(1, 2) };
  const { start, got } = setUp({ id: 's2', parent: 's1', records: inserts(3) }, parent);
  const reader = await start();
  await reader.turn();
  assert.equal(got, [1, 2]);
  parent.closed = true;
  await reader.turn();
  assert.equal(got, [1, 2, 3]);
});

test('a line of closed shards is got through in one turn, whatever the order in which they are listed', async () => {
  const { start, got } = setUp(
    { id: 's3', parent: 's2', records: inserts(3) },
    { id: 's2', parent: 's1', records: inserts(2), closed: true },
    { id: 's1', parent: 's0', records: inserts(1), closed: true },
  );
  await (await start()).turn();
  assert.equal(got, [1, 2, 3]);
});

test('a closed shard that is done is not asked again', async () => {
  const { start, calls } = setUp({ id: 's1', records: inserts(1), closed: true });
  await (await start()).turn();
  calls.length = 0;
  await (await start()).turn();
  assert.equal(calls, ['DescribeStreamCommand']);
});

test('an iterator that has expired is asked for again, and nothing is lost or comes twice', async () => {
  const shard: FakeShard = { id: 's1', records: inserts(1, 2) };
  const { start, got, expire } = setUp(shard);
  const reader = await start();
  await reader.turn();
  expire();
  shard.records.push(...inserts(3));
  await reader.turn();
  assert.equal(got, [1, 2, 3]);
});

test('records that were trimmed before the consumer had them are told, and what is left comes', async () => {
  const shard: FakeShard = { id: 's1', records: inserts(1) };
  const { start, got, trimmed } = setUp(shard);
  await (await start()).turn();
  shard.records.push(...inserts(2, 3));
  shard.trimmed = 2;
  await (await start()).turn();
  assert.equal(got, [1, 3]);
  assert.equal(trimmed, ['s1']);
});

test('that the beginning of a shard was trimmed before anybody read it is no loss', async () => {
  const { start, got, trimmed } = setUp({ id: 's1', records: inserts(1, 2), trimmed: 1 });
  await (await start()).turn();
  assert.equal(got, [2]);
  assert.equal(trimmed, []);
});

test('a shard that is gone before it was read to its end is told once, and its child is read', async () => {
  const { start, got, trimmed, shards } = setUp({ id: 's1', records: inserts(1) });
  await (await start()).turn();
  shards.splice(0, 1, { id: 's2', parent: 's1', records: inserts(2) });
  await (await start()).turn();
  await (await start()).turn();
  assert.equal(got, [1, 2]);
  assert.equal(trimmed, ['s1']);
});

test('a consumer that dies over a batch gets it again', async () => {
  const { start, got } = setUp({ id: 's1', records: inserts(1, 2) });
  const died = new Error('died');
  const reader = await start({
    consumer: () => Promise.reject(died),
    onDropped: () => {
      throw died;
    },
  });
  assert.is(await rejectionOf(reader.turn()), died);
  await (await start()).turn();
  assert.equal(got, [1, 2]);
});

test('of two processes that read for one consumer, the one that comes too late is told so', async () => {
  const { start } = setUp({ id: 's1', records: inserts(1) });
  const [one, other] = [await start(), await start()];
  await one.turn();
  const error = await rejectionOf(other.turn());
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, /only one can read the change feed\. Stop the other one\.$/);
});

test.run();
