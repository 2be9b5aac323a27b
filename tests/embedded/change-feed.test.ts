import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { announcingStore } from '../../src/embedded/announcing-store.ts';
import { type ChangeFeed, changeFeed } from '../../src/embedded/change-feed.ts';
import { embeddedDynamoDB, LEDGER_TABLE } from '../../src/embedded/embedded-dynamodb.ts';
import type { EventStore, Place } from '../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { NOW, requested, streamOf } from '../support/events.ts';

const test = suite('local change feed');

const folder = mkdtempSync(join(tmpdir(), 'tagledger-feed-'));
test.after(() => rmSync(folder, { recursive: true }));
test.before.each(() => {
  for (const file of ['feed.ndjson', 'cursors.json', 'cursors.json.new'])
    rmSync(join(folder, file), { force: true });
});

const CONSUMERS = ['apply', 'project'];

/** The first event of the resource `i-0a<n>`. */
const eventOf = (n: number): RecordedEvent =>
  record(streamOf(`i-0a${n}`), requested(`e${n}`), undefined, NOW);
const numberOf = ({ stream }: Place): number => Number(stream.split('i-0a')[1]);

/** Reads and commits all that a consumer has not had; gives the numbers of the events, batch by batch. */
const drain = async (feed: ChangeFeed, consumer: string, max = 100): Promise<number[][]> => {
  const batches: number[][] = [];
  for (let read = await feed.read(consumer, max); read; read = await feed.read(consumer, max)) {
    batches.push(read.entries.map(({ recorded }) => numberOf(recorded)));
    feed.commit(consumer, read.next);
  }
  return batches;
};

/** What a process that died left in the folder: whole lines, the beginning of another one, and its cursors. */
const leave = (numbers: readonly number[], cursors?: Record<string, number>, torn = ''): void => {
  const lines = numbers.map((n) => `${JSON.stringify({ stream: eventOf(n).stream, seq: 1 })}\n`);
  writeFileSync(join(folder, 'feed.ndjson'), lines.join('') + torn);
  if (cursors) writeFileSync(join(folder, 'cursors.json'), JSON.stringify(cursors));
};

const storeWith = async (...numbers: number[]): Promise<EventStore> => {
  const store = memoryStore();
  for (const n of numbers) await store.append(eventOf(n));
  return store;
};

/** Opens the feed in the folder over these events, and gives what each consumer gets. */
const delivered = async (numbers: readonly number[]): Promise<Record<string, number[]>> => {
  const feed = changeFeed(await storeWith(...numbers), CONSUMERS, folder);
  const got: Record<string, number[]> = {};
  for (const consumer of CONSUMERS) got[consumer] = (await drain(feed, consumer)).flat();
  feed.close();
  return got;
};

test('every consumer gets every event in order, in batches of its own size', async () => {
  const feed = changeFeed(memoryStore(), CONSUMERS);
  const store = announcingStore(memoryStore(), feed);
  for (const n of [1, 2, 3, 4, 5]) await store.append(eventOf(n));
  assert.equal(await drain(feed, 'apply', 2), [[1, 2], [3, 4], [5]]);
  assert.equal(await drain(feed, 'project', 4), [[1, 2, 3, 4], [5]]);
  assert.equal(await drain(feed, 'project'), []);
});

test('what was read and not committed comes again', async () => {
  const feed = changeFeed(memoryStore(), CONSUMERS);
  await announcingStore(memoryStore(), feed).append(eventOf(1));
  const first = await feed.read('apply', 10);
  assert.equal(await feed.read('apply', 10), first);
  feed.commit('apply', first?.next ?? 0);
  assert.is(await feed.read('apply', 10), undefined);
});

test('a commit that comes late does not bring back what is done', async () => {
  const feed = changeFeed(memoryStore(), ['apply']);
  const store = announcingStore(memoryStore(), feed);
  for (const n of [1, 2]) await store.append(eventOf(n));
  feed.commit('apply', 2);
  feed.commit('apply', 1);
  await store.append(eventOf(3));
  assert.equal(await drain(feed, 'apply'), [[3]]);
});

test('an announced place whose append was refused is skipped', async () => {
  const inner = await storeWith(1);
  const feed = changeFeed(memoryStore(), ['apply']);
  const failing = announcingStore({ ...inner, append: () => Promise.reject(new Error('no')) }, feed);
  assert.is(await failing.append(eventOf(2)).catch((error: Error) => error.message), 'no');
  await announcingStore(inner, feed).append(eventOf(3));
  assert.equal(await drain(feed, 'apply'), [[3]]);
});

test('an event whose reply was lost is found', async () => {
  const inner = memoryStore();
  const feed = changeFeed(inner, ['apply']);
  const loseReply = announcingStore(
    { ...inner, append: (event) => inner.append(event).then(() => Promise.reject(new Error('lost'))) },
    feed,
  );
  await loseReply.append(eventOf(1)).catch(() => undefined);
  assert.equal(await drain(feed, 'apply'), [[1]]);
});

test('an event whose append is still under way is not passed by', async () => {
  const inner = memoryStore();
  const feed = changeFeed(inner, ['apply']);
  const store = announcingStore(inner, feed);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = announcingStore({ ...inner, append: (event) => gate.then(() => inner.append(event)) }, feed);
  await store.append(eventOf(1));
  const appending = slow.append(eventOf(2));
  await store.append(eventOf(3));
  assert.equal(await drain(feed, 'apply'), [[1]]);
  release();
  await appending;
  assert.equal(await drain(feed, 'apply'), [[2, 3]]);
});

test('a place is on disk before its append begins', async () => {
  const feed = changeFeed(memoryStore(), CONSUMERS, folder);
  const inner = memoryStore();
  let seen = '';
  const append: EventStore['append'] = (event) => {
    seen = readFileSync(join(folder, 'feed.ndjson'), 'utf8');
    return inner.append(event);
  };
  await announcingStore({ ...inner, append }, feed).append(eventOf(1));
  assert.is(seen, `${JSON.stringify({ stream: eventOf(1).stream, seq: 1 })}\n`);
  feed.close();
});

test('after a death before the first commit, all comes', async () => {
  leave([1, 2]);
  assert.equal(await delivered([1, 2]), { apply: [1, 2], project: [1, 2] });
});

test('after a death between announcing and appending, the place is skipped', async () => {
  leave([1, 2, 3]);
  assert.equal(await delivered([1, 3]), { apply: [1, 3], project: [1, 3] });
});

test('after a death in the middle of a line, the line means nothing and later ones are whole', async () => {
  leave([1, 2], { apply: 1, project: 0 }, '{"stream":"arn:aws:ec2:eu-w');
  const store = await storeWith(1, 2);
  const feed = changeFeed(store, CONSUMERS, folder);
  await announcingStore(store, feed).append(eventOf(3));
  feed.close();
  assert.equal(await delivered([1, 2, 3]), { apply: [2, 3], project: [1, 2, 3] });
});

test('after a death between two consumers, each goes on from its own place', async () => {
  leave([1, 2, 3], { apply: 3, project: 1 });
  assert.equal(await delivered([1, 2, 3]), { apply: [], project: [2, 3] });
});

test('after a death while the cursors were written, the old ones hold', async () => {
  leave([1, 2], { apply: 1, project: 1 });
  writeFileSync(join(folder, 'cursors.json.new'), '{"apply":2,"pro');
  assert.equal(await delivered([1, 2]), { apply: [2], project: [2] });
});

test('what all have consumed is forgotten when the feed is opened again, and nothing comes twice', async () => {
  leave([1, 2], { apply: 2, project: 2 });
  assert.equal(await delivered([1, 2]), { apply: [], project: [] });
  assert.is(readFileSync(join(folder, 'feed.ndjson'), 'utf8'), '');
  const store = await storeWith(1, 2);
  const feed = changeFeed(store, CONSUMERS, folder);
  await announcingStore(store, feed).append(eventOf(3));
  feed.close();
  assert.equal(await delivered([1, 2, 3]), { apply: [3], project: [3] });
});

test('after a death while it forgot, what consumers know comes again and nothing is lost', async () => {
  leave([1, 2], { apply: 0, project: 0 });
  assert.equal(await delivered([1, 2]), { apply: [1, 2], project: [1, 2] });
});

test('cursors behind the end, which a power cut may leave, do not hide what comes next', async () => {
  leave([1], { apply: 5, project: 0 });
  const store = await storeWith(1);
  const feed = changeFeed(store, CONSUMERS, folder);
  for (const n of [2, 3]) await announcingStore(store, feed).append(eventOf(n));
  feed.close();
  assert.equal(await delivered([1, 2, 3]), { apply: [2, 3], project: [1, 2, 3] });
});

test('a consumer that is new gets all that is still there', async () => {
  leave([1, 2], { apply: 2 });
  assert.equal(await delivered([1, 2]), { apply: [], project: [1, 2] });
});

test('a place that was announced by two processes in turn can be read from DynamoDB', async () => {
  const { client, close } = await embeddedDynamoDB();
  try {
    const store = dynamodbStore(client, LEDGER_TABLE);
    await store.append(eventOf(1));
    leave([1, 1]);
    const feed = changeFeed(store, ['apply'], folder);
    const entries = (await feed.read('apply', 10))?.entries ?? [];
    assert.equal(
      entries.map(({ recorded }) => numberOf(recorded)),
      [1, 1],
    );
    feed.close();
  } finally {
    await close();
  }
});

test('a feed in memory writes no file', async () => {
  const feed = changeFeed(memoryStore(), CONSUMERS);
  await announcingStore(memoryStore(), feed).append(eventOf(1));
  await drain(feed, 'apply');
  assert.not.ok(existsSync(join(folder, 'feed.ndjson')));
});

test('the memory of a long run stays flat', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const feed = changeFeed(memoryStore(), CONSUMERS);
  const run = async (rounds: number) => {
    for (let n = 0; n < rounds; n++) {
      const place: Place = { stream: streamOf('i-0a1'), seq: n + 1 };
      feed.ended(feed.announce(place), { ...eventOf(1), ...place, body: 'b'.repeat(1000) + n });
      if (n % 100 < 99) continue;
      for (const consumer of CONSUMERS) await drain(feed, consumer);
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await run(2_000);
  const grown = (await run(20_000)) - before;
  assert.ok(grown < 2_000_000, `20,000 events of 1 KB left ${grown} bytes`);
});

test.run();
