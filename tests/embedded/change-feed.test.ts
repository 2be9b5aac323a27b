import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Database, IN_MEMORY, openDatabase } from '../../src/adapters/sqlite/database.ts';
import { sqliteStore } from '../../src/adapters/sqlite/event-store.ts';
import { changeFeed, feedBacklog } from '../../src/embedded/change-feed.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { CursoredFeed } from '../../src/stream-consumer/event-source-mapping.ts';
import { NOW, requested, streamOf } from '../support/events.ts';

const test = suite('the change feed of an embedded ledger');

const databases: Database[] = [];
const opened = () => {
  const database = openDatabase(IN_MEMORY);
  databases.push(database);
  const store = sqliteStore(database);
  const append = async (...numbers: readonly number[]) => {
    for (const n of numbers) await store.append(eventOf(n));
  };
  return { database, feed: changeFeed(database), append };
};
test.after(() => {
  for (const database of databases) database.close();
});

/** The first event of the resource `i-0a<n>`. */
const eventOf = (n: number): RecordedEvent =>
  record(streamOf(`i-0a${n}`), requested(`e${n}`), undefined, NOW);
const numberOf = ({ stream }: RecordedEvent): number => Number(stream.split('i-0a')[1]);

/** Reads and commits all that a consumer has not had; gives the numbers of the events, batch by batch. */
const drain = async (feed: CursoredFeed, consumer: string, max = 100): Promise<number[][]> => {
  const batches: number[][] = [];
  for (let read = await feed.read(consumer, max); read; read = await feed.read(consumer, max)) {
    batches.push(read.entries.map(({ recorded }) => numberOf(recorded)));
    feed.commit(consumer, read.next);
  }
  return batches;
};

test('every consumer gets every event in the order of appending, in batches of its own size', async () => {
  const { feed, append } = opened();
  await append(3, 1, 5, 2, 4);
  assert.equal(await drain(feed, 'apply', 2), [[3, 1], [5, 2], [4]]);
  assert.equal(await drain(feed, 'project', 4), [[3, 1, 5, 2], [4]]);
  assert.equal(await drain(feed, 'project'), []);
});

test('an event is in the feed as soon as it is appended', async () => {
  const { feed, append } = opened();
  await append(1);
  assert.equal(await drain(feed, 'apply'), [[1]]);
  await append(2);
  assert.equal(await drain(feed, 'apply'), [[2]]);
});

test('an event that was there already is not in the feed again', async () => {
  const { feed, append } = opened();
  await append(1, 1);
  assert.equal(await drain(feed, 'apply'), [[1]]);
});

test('what was read and not committed comes again', async () => {
  const { feed, append } = opened();
  await append(1);
  const first = await feed.read('apply', 10);
  assert.equal(await feed.read('apply', 10), first);
  feed.commit('apply', first?.next ?? 0);
  assert.is(await feed.read('apply', 10), undefined);
});

test('a commit that comes late does not bring back what is done', async () => {
  const { feed, append } = opened();
  await append(1);
  const first = await feed.read('apply', 10);
  await append(2);
  const both = await feed.read('apply', 10);
  feed.commit('apply', both?.next ?? 0);
  feed.commit('apply', first?.next ?? 0);
  await append(3);
  assert.equal(await drain(feed, 'apply'), [[3]]);
});

test('the backlog of a consumer is what it has not committed, and that of a new one is everything', async () => {
  const { database, feed, append } = opened();
  await append(1, 2);
  await drain(feed, 'apply');
  await append(3);
  assert.equal(feedBacklog(database, 'apply').map(numberOf), [3]);
  assert.equal(feedBacklog(database, 'project').map(numberOf), [1, 2, 3]);
});

test.run();
