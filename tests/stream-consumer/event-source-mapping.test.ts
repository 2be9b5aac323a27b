import type { DynamoDBRecord } from 'aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { IN_MEMORY, openDatabase } from '../../src/adapters/sqlite/database.ts';
import { sqliteStore } from '../../src/adapters/sqlite/event-store.ts';
import { changeFeed } from '../../src/embedded/change-feed.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { type FeedBatch, type FeedEvent, positionsOf } from '../../src/handlers/runtime/feed-batch.ts';
import { fromLambda } from '../../src/handlers/runtime/lambda-feed.ts';
import { type Mapping, runMapping } from '../../src/stream-consumer/event-source-mapping.ts';
import { applied, NOW, requested, streamOf } from '../support/events.ts';

const test = suite('event source mapping');

type Consume = Mapping['consumer'];

const DONE: ReadonlySet<number> = new Set();
const retrying = (...events: readonly (FeedEvent | undefined)[]): ReadonlySet<number> =>
  new Set(events.flatMap((one) => one?.position ?? []));

/** An empty change feed of its own, and a store whose events come to it. */
const feedAndStore = () => {
  const database = openDatabase(IN_MEMORY);
  return { feed: changeFeed(database), store: sqliteStore(database) };
};

/** `i-0a3` of an event is 3. */
const numberIn = (stream: string | undefined): number => Number(stream?.split('i-0a').at(-1));
const numberOf = ({ recorded }: FeedEvent): number => numberIn(recorded.stream);
const numberOfLetter = ({ dynamodb }: DynamoDBRecord): number => numberIn(dynamodb?.Keys?.stream?.S);

/**
 * Runs a mapping over the first events of the resources 0, 1, 2...: what was delivered, invocation by
 * invocation, and what was dropped. `consume` answers for the batch that came.
 */
const run = async (events: readonly TagEvent[], consume: Consume, over: Partial<Mapping> = {}) => {
  const recorded = events.map((event, n) => record(streamOf(`i-0a${n}`), event, undefined, NOW));
  const { feed, store } = feedAndStore();
  for (const event of recorded) await store.append(event);
  const invocations: number[][] = [];
  const dropped: { numbers: number[]; error: unknown }[] = [];
  const mapping: Mapping = {
    name: 'c',
    consumer: (batch) => {
      invocations.push(batch.events.map(numberOf));
      return consume(batch);
    },
    batchSize: 100,
    maxRetries: 2,
    onDropped: (records, error) => dropped.push({ numbers: records.map(numberOfLetter), error }),
    ...over,
  };
  const delivered = await runMapping(feed, mapping);
  const left = await feed.read('c', 1);
  return { recorded, invocations, dropped, delivered, left };
};

const requests = (count: number): TagEvent[] => Array.from({ length: count }, (_, n) => requested(`e${n}`));

/** A consumer that does all records before the first one of `poison`, and reports that one. */
const poisoned =
  (...poison: readonly number[]): Consume =>
  async ({ events }) => {
    const bad = events.find((one) => poison.includes(numberOf(one)));
    return bad ? retrying(bad) : DONE;
  };

test('batches are as large as the mapping says, and the count is of delivered records', async () => {
  const { invocations, delivered, left } = await run(requests(5), async () => DONE, { batchSize: 2 });
  assert.equal(invocations, [[0, 1], [2, 3], [4]]);
  assert.is(delivered, 5);
  assert.is(left, undefined);
});

test('only the types of the filter are delivered, and a batch without any costs no invocation', async () => {
  const events = [requested('a'), applied('b'), applied('c'), applied('d'), requested('e')];
  const { invocations, delivered, left } = await run(events, async () => DONE, {
    batchSize: 2,
    types: ['TagRequested'],
  });
  assert.equal(invocations, [[0], [4]]);
  assert.is(delivered, 2);
  assert.is(left, undefined);
});

test('a consumer is given the events as they were recorded, at growing positions', async () => {
  let seen: FeedBatch | undefined;
  const { recorded } = await run(requests(2), async (batch) => {
    seen = batch;
    return DONE;
  });
  assert.ok(seen);
  assert.equal(
    seen.events.map((one) => one.recorded),
    recorded,
  );
  assert.equal(positionsOf(seen), [1, 2]);
});

test('what is given up is a record in JSON, in the form of Lambda, and can be read again', async () => {
  let letters: readonly DynamoDBRecord[] = [];
  const { recorded } = await run(requests(2), poisoned(1), {
    maxRetries: 0,
    onDropped: (records) => {
      letters = records;
    },
  });
  const Records = JSON.parse(JSON.stringify(letters));
  assert.equal(Records, letters);
  const [letter] = letters;
  assert.equal([letter?.eventName, letter?.eventID], ['INSERT', '2']);
  assert.is(letter?.dynamodb?.SequenceNumber, '000000000000000000002');
  const hash = Buffer.from((recorded[1] as RecordedEvent).hash, 'hex').toString('base64');
  assert.equal(letter?.dynamodb?.NewImage?.hash, { B: hash });
  assert.equal(
    fromLambda({ Records }).events.map((one) => one.recorded),
    recorded.slice(1),
  );
});

test('the lowest reported record is the checkpoint: all from it on comes again, nothing before it', async () => {
  let first = true;
  const { invocations, dropped } = await run(requests(5), async ({ events }) => {
    if (!first) return DONE;
    first = false;
    return retrying(events[3], events[1]);
  });
  assert.equal(invocations, [
    [0, 1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
  assert.equal(dropped, []);
});

for (const [what, position] of [
  ['above', 999],
  ['below', -1],
] as const) {
  test(`a position ${what} those of the batch fails the whole batch`, async () => {
    let first = true;
    const { invocations, dropped } = await run(requests(4), async () => {
      if (!first) return DONE;
      first = false;
      return new Set([position]);
    });
    assert.equal(invocations, [
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ]);
    assert.equal(dropped, []);
  });
}

test('an exception halves the batch until the record that causes it stands alone', async () => {
  const broken = new Error('cannot read this');
  const { invocations, dropped } = await run(requests(4), async ({ events }) => {
    if (events.some((one) => numberOf(one) === 2)) throw broken;
    return DONE;
  });
  assert.equal(invocations, [[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [2], [3]]);
  assert.equal(dropped, [{ numbers: [2], error: broken }]);
});

test('a consumer that throws at once is treated like one that rejects', async () => {
  const { dropped } = await run(
    requests(1),
    () => {
      throw new Error('at once');
    },
    { maxRetries: 0 },
  );
  assert.equal(
    dropped.map(({ numbers, error }) => [numbers, (error as Error).message]),
    [[[0], 'at once']],
  );
});

for (const position of [0, 1, 3]) {
  test(`a poison record at ${position} is dropped after its retries alone, and the others come once more at most`, async () => {
    const { invocations, dropped, left } = await run(requests(4), poisoned(position), { maxRetries: 3 });
    assert.equal(dropped, [{ numbers: [position], error: undefined }]);
    const alone = invocations.filter((numbers) => numbers.length === 1 && numbers[0] === position);
    assert.is(alone.length, 4, 'once, and three retries');
    for (const other of [0, 1, 2, 3].filter((n) => n !== position)) {
      assert.ok(
        invocations.some((numbers) => numbers.includes(other) && !numbers.includes(position)) ||
          other < position,
        `${other} was handled`,
      );
    }
    assert.is(left, undefined);
  });
}

test('of many poison records each is dropped alone, and every other one is handled in the end', async () => {
  const poison = [0, 7, 8, 31, 62, 63];
  const handled = new Set<number>();
  const { dropped } = await run(requests(64), async ({ events }) => {
    for (const one of events) {
      if (poison.includes(numberOf(one))) return retrying(one);
      handled.add(numberOf(one));
    }
    return DONE;
  });
  assert.equal(
    dropped.map(({ numbers }) => numbers),
    poison.map((n) => [n]),
  );
  assert.is(handled.size, 64 - poison.length);
});

test('without retries, a record that fails alone is dropped at once', async () => {
  const { invocations, dropped } = await run(requests(2), poisoned(1), { maxRetries: 0 });
  assert.equal(invocations, [[0, 1], [1]]);
  assert.equal(dropped, [{ numbers: [1], error: undefined }]);
});

test('what a consumer appends is delivered in the same run', async () => {
  const { feed, store } = feedAndStore();
  const append = (n: number) =>
    store.append(record(streamOf(`i-0a${n}`), requested(`e${n}`), undefined, NOW));
  await append(0);
  const seen: number[] = [];
  await runMapping(feed, {
    name: 'c',
    batchSize: 10,
    maxRetries: 0,
    onDropped: () => assert.unreachable(),
    consumer: async ({ events }) => {
      seen.push(...events.map(numberOf));
      if (seen.length < 3) await append(seen.length);
      return DONE;
    },
  });
  assert.equal(seen, [0, 1, 2]);
});

test('a batch is committed after its consumer, so that death in between brings it again', async () => {
  const { feed, store } = feedAndStore();
  await store.append(record(streamOf('i-0a0'), requested('e0'), undefined, NOW));
  let before: unknown;
  await runMapping(feed, {
    name: 'c',
    batchSize: 10,
    maxRetries: 0,
    onDropped: () => assert.unreachable(),
    consumer: async () => {
      before = await feed.read('c', 10);
      return DONE;
    },
  });
  assert.ok(before);
  assert.is(await feed.read('c', 10), undefined);
});

test.run();
