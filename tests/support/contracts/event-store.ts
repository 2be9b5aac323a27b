import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Appended,
  type EventStore,
  EventTooLargeError,
  MAX_BODY_BYTES,
  type Place,
  SeqConflictError,
} from '../../../src/events/event-store.ts';
import { hashOf } from '../../../src/events/hash-chain.ts';
import { columnsOf, fromLine, toLine } from '../../../src/events/ledger-line.ts';
import { type RecordedEvent, record, UnreadableEventError } from '../../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import { listOf, rejectionOf } from '../async.ts';
import { chain, NOW, ONE_OF_EACH, observed, streamOf } from '../events.ts';

/** A store to be put to the test, and how to let go of it. */
export interface Opened {
  readonly store: EventStore;
  close?(): Promise<void>;
}

/** What the prose over `EventStore` promises, asked of one adapter. Every test works on streams of its own. */
export const eventStoreContract = (name: string, open: () => Opened | Promise<Opened>): void => {
  const test = suite(`${name} keeps the contract of the event store`);
  let opened: Opened;
  let store: EventStore;
  let streams = 0;

  test.before(async () => {
    opened = await open();
    store = opened.store;
  });
  test.after(async () => opened.close?.());

  const newStream = (): ResourceArn => streamOf(`i-${String(++streams).padStart(8, '0')}`);
  const appendAll = async (events: readonly RecordedEvent[]): Promise<void> => {
    for (const event of events) await store.append(event);
  };
  /** A stream of `length` events, and the events. */
  const given = async (length: number): Promise<RecordedEvent[]> => {
    const events = chain(
      Array.from({ length }, (_, i) => observed(`o${i + 1}`)),
      newStream(),
    );
    await appendAll(events);
    return events;
  };
  const all = () => listOf(store.readAll());

  test('an append resolves with the event, as fresh', async () => {
    const [event] = chain([observed('o1')], newStream());
    assert.ok(event);
    assert.equal(await store.append(event), { event, fresh: true });
    assert.equal(await store.read(event.stream), [event]);
  });

  test('every type of event comes back as it was recorded', async () => {
    const events = chain(ONE_OF_EACH, newStream());
    await appendAll(events);
    assert.equal(await store.read(events[0]?.stream as ResourceArn), events);
  });

  test('of many concurrent appends at one place one wins, and the others are told', async () => {
    const stream = newStream();
    const rivals = Array.from({ length: 20 }, (_, i) => record(stream, observed(`o${i}`), undefined, NOW));
    const settled = await Promise.allSettled(rivals.map((event) => store.append(event)));
    const won = settled.flatMap((one): Appended[] => (one.status === 'fulfilled' ? [one.value] : []));
    const lost = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    assert.equal([won.length, lost.length], [1, 19]);
    assert.is(won[0]?.fresh, true);
    for (const error of lost) {
      assert.instance(error, SeqConflictError);
      assert.equal({ stream: error.stream, seq: error.seq }, { stream, seq: 1 });
    }
    assert.equal(await store.read(stream), [won[0]?.event]);
  });

  test('a lost append changes nothing', async () => {
    const before = await given(2);
    const [first, second] = before as [RecordedEvent, RecordedEvent];
    for (const head of [undefined, first]) {
      const late = record(second.stream, observed('late'), head, new Date('2026-04-01T00:00:00.000Z'));
      assert.instance(await rejectionOf(store.append(late)), SeqConflictError);
    }
    assert.equal(await store.read(second.stream), before);
  });

  test('the very same append again resolves as fresh: only its reply was lost', async () => {
    const [event] = (await given(1)) as [RecordedEvent];
    assert.equal(await store.append(event), { event, fresh: true });
    assert.equal(await store.read(event.stream), [event]);
  });

  test('the same cause at another time resolves with what stands there, which is not fresh', async () => {
    const [event] = (await given(1)) as [RecordedEvent];
    const again = record(event.stream, event.event, undefined, new Date('2026-04-01T00:00:00.000Z'));
    assert.equal(await store.append(again), { event, fresh: false });
    assert.equal(await store.read(event.stream), [event]);
  });

  test('the same cause with other facts resolves with what stands there, which is not fresh', async () => {
    const [event] = (await given(1)) as [RecordedEvent];
    const other = record(event.stream, observed('o1', { set: [] }), undefined, NOW);
    assert.equal(await store.append(other), { event, fresh: false });
  });

  test('the same bytes behind another event are not the very same', async () => {
    const [, second] = (await given(2)) as [RecordedEvent, RecordedEvent];
    const prev = 'f'.repeat(64);
    const elsewhere = { ...second, prev, hash: hashOf({ ...second, prev }) };
    assert.equal(await store.append(elsewhere), { event: second, fresh: false });
  });

  test('the place alone is checked: gaps are the caller’s part', async () => {
    const [first, second, third] = chain([observed('o1'), observed('o2'), observed('o3')], newStream());
    assert.ok(first && second && third);
    await appendAll([third, first]);
    assert.equal(await store.read(first.stream), [first, third]);
    const found = await store.find([first, second, third]);
    assert.equal(
      found.toSorted((a, b) => a.seq - b.seq),
      [first, third],
    );
    assert.equal(
      (await all()).filter(({ stream }) => stream === first.stream),
      [first, third],
    );
  });

  test('a stream that does not exist is empty', async () => {
    assert.equal(await store.read(newStream()), []);
  });

  test('a read is whole and oldest first, also beyond seq 9', async () => {
    const events = await given(25);
    assert.equal(await store.read(events[0]?.stream as ResourceArn), events);
  });

  test('a read is whole when it does not fit into a page of DynamoDB (1 MB)', async () => {
    const value = 'x'.repeat(300 * 1024);
    const events = chain(
      Array.from({ length: 5 }, (_, i) => observed(`o${i}`, { set: [{ key: 'Note', value }] })),
      newStream(),
    );
    await appendAll(events);
    assert.equal(
      (await store.read(events[0]?.stream as ResourceArn)).map(({ hash }) => hash),
      events.map(({ hash }) => hash),
    );
  });

  test('every read sees an append that has resolved', async () => {
    const stream = newStream();
    let head: RecordedEvent | undefined;
    for (let i = 1; i <= 5; i++) {
      head = record(stream, observed(`o${i}`), head, NOW);
      await store.append(head);
      assert.equal((await store.read(stream)).at(-1), head);
      assert.equal(await store.find([head]), [head]);
      assert.ok((await all()).some(({ hash }) => hash === head?.hash));
    }
  });

  test('find gives each of the places that hold an event, however many', async () => {
    const events = (await Promise.all(Array.from({ length: 40 }, () => given(3)))).flat();
    const missing: Place[] = events.map(({ stream, seq }) => ({ stream, seq: seq + 3 }));
    const found = await store.find([...missing, ...events].toReversed());
    const hashes = (list: readonly RecordedEvent[]) => list.map(({ hash }) => hash).sort();
    assert.is(events.length, 120);
    assert.equal(hashes(found), hashes(events));
    assert.equal(await store.find(missing), []);
    assert.equal(await store.find([]), []);
  });

  test('find gives an event once when its place is named twice', async () => {
    const [event] = (await given(1)) as [RecordedEvent];
    const { stream, seq } = event;
    assert.equal(await store.find([event, { stream, seq }, { stream, seq: 2 }, { stream, seq: 2 }]), [event]);
  });

  test('readAll gives every event, each stream together and oldest first', async () => {
    const [one, other, third] = (await Promise.all([given(3), given(12), given(1)])) as [
      RecordedEvent[],
      RecordedEvent[],
      RecordedEvent[],
    ];
    const read = await all();
    for (const events of [one, other, third]) {
      const from = read.findIndex(({ stream }) => stream === events[0]?.stream);
      assert.equal(read.slice(from, from + events.length), events);
    }
    assert.is(new Set(read.map(({ stream, seq }) => `${stream} ${seq}`)).size, read.length);
  });

  test('readAll goes on behind a stream, also when that stream has grown meanwhile', async () => {
    await Promise.all([given(2), given(3), given(1)]);
    const read = await all();
    const streams = [...new Set(read.map(({ stream }) => stream))];
    for (const after of [streams[0], streams.at(-2), streams.at(-1)] as ResourceArn[]) {
      const events = await store.read(after);
      await store.append(record(after, observed('grown'), events.at(-1), NOW));
      const behind = read.slice(read.findLastIndex(({ stream }) => stream === after) + 1);
      const hashes = (list: readonly RecordedEvent[]) => list.map(({ hash }) => hash);
      assert.equal(
        hashes((await listOf(store.readAll(after))).filter(({ event }) => event.eventId !== 'grown')),
        hashes(behind),
        after,
      );
      assert.not.ok((await listOf(store.readAll(after))).some(({ stream }) => stream === after));
    }
  });

  test('columns give what stands at every place, in the order of readAll', async () => {
    await Promise.all([given(3), given(12), given(1)]);
    const columns = (await listOf(store.columns())).flat();
    assert.equal(columns, (await all()).map(columnsOf));
    assert.equal(columns.map(toLine).map(fromLine), columns);
  });

  test('what was recorded between two moments is found, also when it is one event in each of many streams', async () => {
    const moment = (second: number) => new Date(Date.UTC(2027, 0, 1, 0, 0, second));
    const expected: string[] = [];
    for (let n = 0; n < 5; n++) {
      const stream = newStream();
      let head: RecordedEvent | undefined;
      for (const second of [9, 10, 15, 20, 21]) {
        head = record(stream, observed(`o${second}`), head, moment(second));
        await store.append(head);
        if (second >= 10 && second <= 20) expected.push(head.hash);
      }
    }
    const between = (from: number, to: number) =>
      listOf(store.recordedBetween(moment(from).toISOString(), moment(to).toISOString()));
    assert.equal((await between(10, 20)).map(({ hash }) => hash).sort(), expected.sort());
    assert.equal(await between(11, 14), []);
  });

  test('the largest body that is accepted can be stored, and one byte more is refused', async () => {
    const stream = newStream();
    const ofBytes = (bytes: number) => {
      const sized = (value: string) =>
        record(stream, observed('o1', { set: [{ key: 'é', value }] }), undefined, NOW);
      return sized('x'.repeat(bytes - Buffer.byteLength(sized('').body)));
    };
    assert.instance(await rejectionOf(store.append(ofBytes(MAX_BODY_BYTES + 1))), EventTooLargeError);
    assert.equal(await store.read(stream), []);
    assert.is((await store.append(ofBytes(MAX_BODY_BYTES))).fresh, true);
  });

  test('what is stored can be altered neither through what was given nor through what was read', async () => {
    const events = await given(1);
    const [event] = structuredClone(events) as [RecordedEvent];
    Object.assign(events[0]?.event ?? {}, { eventId: 'altered' });
    const [read] = await store.read(event.stream);
    assert.equal(read, event);
    Object.assign(read?.event ?? {}, { eventId: 'altered' });
    assert.equal(await store.read(event.stream), [event]);
  });

  // Last, because a damaged event spoils every readAll after it.
  test('a damaged event is refused by every read and by an append to its place, and its columns stand', async () => {
    const [event] = chain([observed('o1')], newStream());
    assert.ok(event);
    await store.append({ ...event, body: event.body.replace('bob', 'eve') });
    const reads = [
      store.read(event.stream),
      store.find([event]),
      all(),
      store.append(record(event.stream, observed('o2'), undefined, NOW)),
    ];
    for (const error of await Promise.all(reads.map(rejectionOf))) {
      assert.ok(error instanceof UnreadableEventError, String(error));
      assert.equal({ stream: error.stream, seq: error.seq }, { stream: event.stream, seq: 1 });
    }
    const stands = (await listOf(store.columns())).flat().find(({ stream }) => stream === event.stream);
    assert.equal(stands, { ...columnsOf(event), body: event.body.replace('bob', 'eve') });
  });

  test.run();
};
