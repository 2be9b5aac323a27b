import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';
import { tamperStreamOf } from '../../../src/events/ledger-stream.ts';
import { type RecordedEvent, UnreadableEventError } from '../../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import { alertTampering } from '../../../src/handlers/project/alert-tampering.ts';
import { closeSuppressionWindows } from '../../../src/handlers/reconcile/close-suppression-windows.ts';
import { tamperedMark, tamperedMarks } from '../../../src/projections/tampered-mark.ts';
import { listOf } from '../../support/async.ts';
import { GONE, remembering, watched } from '../../support/doubles.ts';
import {
  applied,
  chain,
  NOW,
  observed,
  requested,
  retired,
  streamOf,
  tags,
  tamperDetected,
} from '../../support/events.ts';
import { batchOf, DONE, feedOf, from, lowest, tampered, unreadable } from '../../support/feed-records.ts';

const test = suite('tamper');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

const setUp = () => {
  const world = { at: NOW, snsFails: false, swapFails: (_: string): boolean => false };
  const inner = memoryCoordinationStore();
  const coordination: typeof inner = {
    ...inner,
    swap: (memo, seen) => (world.swapFails(memo.key) ? Promise.reject(GONE) : inner.swap(memo, seen)),
  };
  const sns = simulatedSns({ topics: [TOPIC], fault: () => (world.snsFails ? GONE : undefined) });
  const seen = remembering();
  const store = watched(memoryStore());
  const deps = {
    store,
    eventFormat: 1 as const,
    coordination,
    sns,
    topicArn: TOPIC,
    now: () => world.at,
    telemetry: seen.telemetry,
  };
  return Object.assign(world, {
    ...seen,
    coordination,
    sns,
    store,
    recorded: (n: number) => store.read(tamperStreamOf(stream(n))),
    deliver: lowest(alertTampering(deps)),
    close: () => closeSuppressionWindows({ ...deps, limit: 10 }),
    markOf: (n: number) => tamperedMark(coordination, stream(n)),
  });
};

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);
const eventsOf = (n: number): RecordedEvent[] =>
  chain([requested('r1'), observed('o1'), applied('a1'), retired('x1')], stream(n));
const first = (n: number): RecordedEvent => eventsOf(n)[0] as RecordedEvent;

test('a batch without tampering tells, marks and logs nothing', async () => {
  const world = setUp();
  assert.equal(await world.deliver(feedOf(eventsOf(1))), DONE);
  assert.equal(await world.deliver(batchOf(unreadable(first(1)))), DONE);
  assert.equal([world.sns.messages.length, world.lines, world.counts.TamperedRecords], [0, [], 0]);
  assert.is(await world.markOf(1), undefined);
});

for (const what of ['changed', 'removed'] as const) {
  test(`an event that was ${what} is logged, counted, told and marked, and not asked for again`, async () => {
    const world = setUp();
    const record = tampered(first(1), what === 'changed' ? eventsOf(1)[1] : undefined);
    assert.equal(await world.deliver(batchOf(record)), DONE);
    assert.is(world.counts.TamperedRecords, 1);
    const [line] = world.lines;
    assert.is(line?.message, 'an event of the ledger was changed or removed');
    assert.equal(line?.fields, { what, stream: stream(1), seq: '1' });
    assert.is(world.sns.messages.length, 1);
    assert.equal(await world.markOf(1), {
      first: NOW.toISOString(),
      last: NOW.toISOString(),
      count: 1,
      seqs: [1],
    });
  });
}

test('each resource of a few is told at once, whatever is quiet elsewhere', async () => {
  const world = setUp();
  await world.deliver(batchOf(...[1, 2, 3].map((n) => tampered(first(n)))));
  await world.deliver(batchOf(tampered(first(4))));
  assert.equal(
    world.sns.messages.map(({ subject }) => subject?.split(' ')[6]),
    [1, 2, 3, 4].map((n) => `i-${String(n).padStart(8, '0')}`),
  );
});

test('one resource is told of once in an hour, with a summary of what else there was', async () => {
  const world = setUp();
  for (const event of eventsOf(1)) await world.deliver(batchOf(tampered(event)));
  assert.is(world.sns.messages.length, 1);
  world.at = new Date(NOW.getTime() + 3_600_000);
  await world.close();
  assert.equal(
    world.sns.messages.slice(1).map(({ subject }) => subject),
    [`tagledger: 3 more changes to recorded events of ${stream(1)}`.slice(0, 99)],
  );
  assert.equal(await world.markOf(1), {
    first: NOW.toISOString(),
    last: NOW.toISOString(),
    count: 4,
    seqs: [1, 2, 3, 4],
  });
});

test('a whole table that is deleted is one message and a summary, and marks every resource', async () => {
  const world = setUp();
  for (let batch = 0; batch < 3; batch++) {
    const records = Array.from({ length: 200 }, (_, n) => tampered(first(batch * 200 + n)));
    assert.equal(await world.deliver(batchOf(...records)), DONE);
  }
  assert.equal(
    world.sns.messages.map(({ subject }) => subject),
    ['tagledger: TAMPERING: 200 recorded events of 200 resources changed or removed'],
  );
  assert.is((await tamperedMarks(world.coordination)).size, 600);
});

test('a mark keeps the first and the last time, and no more than twenty places', async () => {
  const world = setUp();
  const events = chain(
    Array.from({ length: 25 }, (_, n) => observed(`o${n}`)),
    stream(1),
  );
  await world.deliver(batchOf(...events.map((event) => tampered(event))));
  world.at = new Date(NOW.getTime() + 60_000);
  await world.deliver(batchOf(tampered(first(1))));
  const mark = await world.markOf(1);
  assert.equal([mark?.first, mark?.last], [NOW.toISOString(), world.at.toISOString()]);
  assert.equal([mark?.count, mark?.seqs.length], [26, 20]);
});

test('a mark never expires', async () => {
  const world = setUp();
  await world.deliver(batchOf(tampered(first(1))));
  assert.is((await world.coordination.get([`tampered/${stream(1)}`]))[0]?.expiresAt, undefined);
});

test('a message that SNS does not take is asked for again, and then sent', async () => {
  const world = setUp();
  const batch = batchOf({ recorded: first(9) }, tampered(first(1)), tampered(first(2)));
  world.snsFails = true;
  assert.equal(await world.deliver(batch), from(1));
  world.snsFails = false;
  assert.equal(await world.deliver(batch), DONE);
  assert.is(world.sns.messages.length, 2);
});

test('a resource that cannot be marked is asked for again, and the others are told', async () => {
  const world = setUp();
  world.swapFails = (key) => key === `tampered/${stream(2)}`;
  const batch = batchOf(...[1, 2, 3].map((n) => tampered(first(n))));
  assert.equal(await world.deliver(batch), from(1));
  assert.is(world.sns.messages.length, 2);
  assert.ok(world.errors().includes('a resource could not be marked as tampered with'));
});

test('what another version left as a mark does not keep a resource from being marked', async () => {
  const world = setUp();
  await world.coordination.swap({ key: `tampered/${stream(1)}`, value: 'yes' }, undefined);
  assert.equal(await world.deliver(batchOf(tampered(first(1)))), DONE);
  assert.is((await world.markOf(1))?.count, 1);
});

test('a record whose stream is no resource’s is told all the same', async () => {
  const world = setUp();
  const record = tampered({ ...first(1), stream: 'not an arn' as ResourceArn });
  assert.equal(await world.deliver(batchOf(record)), DONE);
  assert.is(world.sns.messages.length, 1);
});

test('what was found is recorded in a stream of its own, with the place and the hashes and no tag’s value', async () => {
  const world = setUp();
  const [before, after] = chain(
    [observed('o1', { set: tags('Band=private') }), observed('o2')],
    stream(1),
  ) as [RecordedEvent, RecordedEvent];
  await world.deliver(batchOf(tampered(before, { ...after, seq: 1 }), tampered(after)));
  const recorded = await world.recorded(1);
  assert.equal(
    recorded.map(({ event: { eventId: _, ...event } }) => event),
    [
      {
        type: 'TamperDetected',
        effectiveAt: '2026-03-31T20:00:05.000Z',
        how: 'change-feed',
        tampered: stream(1),
        seqs: [1],
        what: 'changed',
        expected: `the event with the hash ${before.hash}`,
        found: `one with the hash ${after.hash}; attributes that differ: body, eventId, hash, prev, recordedAt`,
      },
      {
        type: 'TamperDetected',
        effectiveAt: '2026-03-31T20:00:05.000Z',
        how: 'change-feed',
        tampered: stream(1),
        seqs: [2],
        what: 'removed',
        expected: `the event with the hash ${after.hash}`,
        found: 'none',
      },
    ],
  );
  assert.not.match(JSON.stringify(recorded), 'private');
});

test('what stands where tagledger writes hashes and names is not copied into the record', async () => {
  const world = setUp();
  const { tampering, ...record } = tampered(first(1), first(1), { by: 'private' });
  const after = { ...tampering.before, hash: Buffer.from('private').toString('hex') };
  const differs = ['hash', 'private'];
  await world.deliver(batchOf({ ...record, tampering: { ...tampering, after, differs } }));
  const [event] = await world.recorded(1);
  assert.match(
    event?.body ?? '',
    'found":"one with the hash a text of 14 characters; attributes that differ: hash, 1 unknown"',
  );
  assert.not.match(event?.body ?? '', 'private');
});

test('what DynamoDB’s own time to live removed is recorded so', async () => {
  const world = setUp();
  await world.deliver(batchOf(tampered(first(1), undefined, { by: 'dynamodb.amazonaws.com' })));
  assert.match((await world.recorded(1))[0]?.body ?? '', '"found":"none, removed by its time to live"');
});

test('an incident is recorded once, however often its record comes and whatever clock it meets', async () => {
  const world = setUp();
  const records = eventsOf(1).map((event) => tampered(event));
  const batch = batchOf(...records);
  await world.deliver(batch);
  world.at = new Date(NOW.getTime() + 60_000);
  await world.deliver(batch);
  await world.deliver(batchOf(...records, ...records));
  assert.is((await world.recorded(1)).length, 4);
});

test('the same change made twice is two incidents', async () => {
  const world = setUp();
  for (const recordId of ['record 1', 'record 2']) {
    await world.deliver(batchOf(tampered(first(1), eventsOf(1)[1], { recordId })));
  }
  assert.is((await world.recorded(1)).length, 2);
});

test('tampering with what was recorded of tampering is recorded elsewhere, and ends there', async () => {
  const world = setUp();
  await world.deliver(batchOf(tampered(first(1))));
  const [incident] = await world.recorded(1);
  await world.deliver(batchOf(tampered(incident as RecordedEvent)));
  const elsewhere = tamperStreamOf(tamperStreamOf(stream(1)));
  const [second] = await world.store.read(elsewhere);
  assert.is(second?.event.type === 'TamperDetected' && second.event.tampered, tamperStreamOf(stream(1)));
  await world.deliver(feedOf(await listOf(world.store.readAll())));
  assert.is((await listOf(world.store.readAll())).length, 2);
});

test('what could not be recorded is told all the same, and comes again', async () => {
  const world = setUp();
  const batch = batchOf({ recorded: first(9) }, tampered(first(1)));
  for (const fault of ['failAppend', 'loseReply'] as const) {
    world.store[fault] = () => GONE;
    assert.equal(await world.deliver(batch), from(1));
    world.store[fault] = undefined;
  }
  assert.is(world.sns.messages.length, 1);
  assert.ok(world.errors().includes('tampering could not be recorded'));
  assert.equal(await world.deliver(batch), DONE);
  assert.is((await world.recorded(1)).length, 1);
});

test('where the record of tampering cannot be read, which was tampered with too, it is recorded in the next', async () => {
  const world = setUp();
  const own = tamperStreamOf(stream(1));
  world.store.failRead = (of) =>
    of === own ? new UnreadableEventError(of, 1, 'its body is not JSON') : undefined;
  assert.equal(await world.deliver(batchOf(tampered(first(1)))), DONE);
  assert.equal(
    (await world.store.read(tamperStreamOf(own))).map(
      ({ event }) => event.type === 'TamperDetected' && event.tampered,
    ),
    [stream(1)],
  );
  assert.equal(world.errors(), ['an event of the ledger was changed or removed']);
});

test('what verify found and recorded is marked and told when the feed brings it, and not recorded again', async () => {
  const world = setUp();
  const found = tamperDetected('t1', {
    how: 'verify',
    tampered: stream(1),
    seqs: [2, 3],
    what: 'missing',
    expected: 'events 2 to 3',
    found: 'none',
  });
  const whole = tamperDetected('t2', { how: 'verify', seqs: [], what: 'forked', found: 'another root' });
  delete (whole as { tampered?: string }).tampered;
  const recorded = [
    ...chain([found], tamperStreamOf(stream(1))),
    ...chain([whole], tamperStreamOf(undefined)),
  ];
  assert.equal(await world.deliver(feedOf(recorded)), DONE);
  assert.equal((await world.markOf(1))?.seqs, [2, 3]);
  const [message, ofLedger] = world.sns.messages;
  assert.match(message?.subject ?? '', 'TAMPERING: 1 recorded event of i-00000001');
  assert.match(
    message?.message ?? '',
    `  event 2, 3 of ${stream(1)}: missing, found by verify at ${found.effectiveAt}\n    expected events 2 to 3\n    found    none\n`,
  );
  assert.match(ofLedger?.message ?? '', '\n  the ledger as a whole: forked, found by verify at ');
  assert.match(ofLedger?.message ?? '', `\n  tagledger history ${tamperStreamOf(undefined)}\n`);
  assert.equal(await listOf(world.store.readAll()), []);
});

test('what the change feed saw is neither told nor marked again when its record comes', async () => {
  const world = setUp();
  await world.deliver(batchOf(tampered(first(1))));
  world.at = new Date(NOW.getTime() + 2 * 3_600_000);
  assert.equal(await world.deliver(feedOf(await world.recorded(1))), DONE);
  await world.close();
  assert.is(world.sns.messages.length, 1);
  assert.is((await world.markOf(1))?.count, 1);
});

test('a message of what verify found that SNS does not take is asked for again', async () => {
  const world = setUp();
  const found = tamperDetected('t1', { how: 'verify', tampered: stream(1) });
  const batch = feedOf([first(9), ...chain([found], tamperStreamOf(stream(1)))]);
  world.snsFails = true;
  assert.equal(await world.deliver(batch), from(1));
  world.snsFails = false;
  assert.equal(await world.deliver(batch), DONE);
  assert.is(world.sns.messages.length, 1);
});

test('a record of tampering that cannot be read holds nothing up', async () => {
  const world = setUp();
  world.store.failRead = () => new UnreadableEventError(tamperStreamOf(stream(1)), 1, 'its body is not JSON');
  assert.equal(await world.deliver(batchOf(tampered(first(1)))), DONE);
  assert.is(world.sns.messages.length, 1);
  assert.ok(world.errors().includes('tampering could not be recorded'));
});

test.run();
