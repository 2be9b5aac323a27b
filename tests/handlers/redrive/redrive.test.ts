import type { DynamoDBRecord, SQSEvent } from 'aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { fold } from '../../../src/events/resource.ts';
import { apply } from '../../../src/handlers/apply/apply.ts';
import { project } from '../../../src/handlers/project/project.ts';
import { redriveQueue } from '../../../src/handlers/redrive/queue.ts';
import { type Redriven, redrive } from '../../../src/handlers/redrive/redrive.ts';
import type { FeedConsumer } from '../../../src/handlers/runtime/feed-batch.ts';
import { request } from '../../../src/intake/intake.ts';
import { rowOf } from '../../../src/projections/state-row.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';
import { envelope, launch } from '../../support/cloudtrail/trail.ts';
import { GONE, remembering, tickingClock, typesByResource, watched } from '../../support/doubles.ts';
import { applied, requested, streamOf } from '../../support/events.ts';
import { batchMessage, batchObject, invocationMessage } from '../../support/failure-messages.ts';
import { lambdaEventOf, unreadableRecord } from '../../support/lambda-records.ts';

const test = suite('redrive');

const PLENTY = () => 900_000;
const DONE = { batchItemFailures: [] };

/** The handlers over one ledger; what each consumer was given is kept, and failures are to be had. */
const setUp = () => {
  const seen = remembering();
  const base = tickingClock('2026-04-01T12:00:00.000Z');
  const clock = virtualClock(() => base().getTime());
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const ledger = { store, eventFormat: 1 as const, now: base, wait: async () => undefined };
  const ec2 = simulatedEc2({ now: clock.now });
  const given: Record<'apply' | 'project', string[][]> = { apply: [], project: [] };
  const scans: string[] = [];
  const world = {
    /** Events that make their batch fail from them on. */
    isPoison: (_: RecordedEvent, _consumer: string): boolean => false,
    fail: undefined as Error | undefined,
  };
  const spied =
    (name: 'apply' | 'project', consumer: FeedConsumer): FeedConsumer =>
    async (batch, clock) => {
      if (world.fail) throw world.fail;
      given[name].push(batch.events.map(({ recorded }) => recorded.event.eventId));
      const poison = batch.events.filter(({ recorded }) => world.isPoison(recorded, name));
      const retry = await consumer(batch, clock);
      return poison.length > 0 ? new Set(poison.map(({ position }) => position)) : retry;
    };
  const deps = {
    request: request({ ledger, rules: parseTagRules('{"Owner":"{who.name}"}'), telemetry: seen.telemetry }),
    consumers: {
      apply: spied(
        'apply',
        apply({ ledger, ec2: ec2.client, sleep: clock.sleep, telemetry: seen.telemetry }),
      ),
      project: spied(
        'project',
        project({
          store,
          states,
          setAside: async (errors) => new Set(errors),
          now: base,
          telemetry: seen.telemetry,
        }),
      ),
    },
    store: {
      recordedBetween: (from: string, to: string) => {
        scans.push(`${from.slice(11, 19)} to ${to.slice(11, 19)}`);
        return store.recordedBetween(from, to);
      },
    },
    telemetry: seen.telemetry,
  };
  const run = redrive(deps);
  /** The first event of instance `n`, recorded at this time. */
  const recordAt = async (n: number, time: string): Promise<RecordedEvent> => {
    const id = `i-${String(n).padStart(8, '0')}`;
    const stream = streamOf(id);
    const event = record(stream, requested(`r${n}`), undefined, new Date(`2026-04-01T${time}.000Z`));
    await store.append(event);
    ec2.create({ account: '111122223333', region: 'eu-west-1', type: 'instance', id });
    return event;
  };
  return Object.assign(world, {
    ...seen,
    store,
    states,
    given,
    scans,
    ec2,
    recordAt,
    run: (...bodies: readonly string[]): Promise<Redriven[]> =>
      run(
        bodies.map((body, i) => ({ id: `m${i + 1}`, body })),
        PLENTY,
      ),
    runWithin: (ms: number, ...bodies: readonly string[]) =>
      run(
        bodies.map((body, i) => ({ id: `m${i + 1}`, body })),
        () => ms,
      ),
    queue: redriveQueue(run),
  });
};

const outcomes = (redriven: readonly Redriven[]) => redriven.map(({ id, outcome }) => `${id} ${outcome}`);

test('an event that EventBridge could not deliver, and an invocation that failed, are recorded once', async () => {
  const world = setUp();
  const bodies = [
    JSON.stringify(envelope(launch(['i-01']))),
    invocationMessage(envelope(launch(['i-02']))),
    invocationMessage({ resourceId: `arn:aws:ec2:eu-west-1:111122223333:instance/i-03`, user: 'ana' }),
  ];
  for (const _ of ['once', 'and again']) {
    assert.equal(outcomes(await world.run(...bodies)), ['m1 done', 'm2 done', 'm3 done']);
  }
  assert.equal(await typesByResource(world.store), {
    'i-01': ['TagRequested'],
    'i-02': ['TagRequested'],
    'i-03': ['TagRequested'],
  });
});

test('a direct call that was recorded before its invocation died is not recorded again', async () => {
  const world = setUp();
  const call = { resourceId: `arn:aws:ec2:eu-west-1:111122223333:instance/i-03`, user: 'ana' };
  const other = { ...call, user: 'bob' };
  await world.run(
    invocationMessage(call, 'one'),
    invocationMessage(other, 'two'),
    invocationMessage(call, 'one'),
  );
  assert.equal(await typesByResource(world.store), { 'i-03': ['TagRequested', 'TagRequested'] });
});

test('a batch without its records is read from the ledger, and goes to the consumer that gave it up', async () => {
  const world = setUp();
  for (const [n, time] of [
    [1, '11:00:00'],
    [2, '12:00:00'],
    [3, '12:00:40'],
    [4, '13:00:00'],
  ] as const) {
    await world.recordAt(n, time);
  }
  assert.equal(outcomes(await world.run(batchMessage('tagledger-apply', '12:00:02', '12:00:30'))), [
    'm1 done',
  ]);
  assert.equal(world.given, { apply: [['r2', 'r3']], project: [] });
  assert.equal((await typesByResource(world.store))['i-00000002'], ['TagRequested', 'TagApplied']);

  assert.equal(outcomes(await world.run(batchMessage('tagledger-project', '12:00:02', '12:00:30'))), [
    'm1 done',
  ]);
  const stream = streamOf('i-00000002');
  assert.equal(await world.states.get([stream]), [rowOf(stream, fold(await world.store.read(stream)))]);
});

test('a batch of a function whose name tells nothing goes to both, and changes nothing the second time', async () => {
  const world = setUp();
  await world.recordAt(1, '12:00:00');
  for (const _ of ['once', 'and again']) await world.run(batchMessage('tagledger-consumer', '12:00:00'));
  assert.equal((await typesByResource(world.store))['i-00000001'], ['TagRequested', 'TagApplied']);
  assert.is(world.ec2.calls.createTags, 1);
});

test('windows that overlap are read together, and others by themselves', async () => {
  const world = setUp();
  for (const [n, time] of [
    [1, '12:00:00'],
    [2, '12:08:00'],
    [3, '15:00:00'],
  ] as const) {
    await world.recordAt(n, time);
  }
  const bodies = ['12:08:00', '15:00:00', '12:00:00'].map((time) => batchMessage('tagledger-project', time));
  assert.equal(outcomes(await world.run(...bodies)), ['m1 done', 'm2 done', 'm3 done']);
  assert.equal(world.scans, ['11:55:00 to 12:13:00', '14:55:00 to 15:05:00']);
  assert.equal(world.given.project, [['r1', 'r2'], ['r3']]);
});

test('of a window with many events some are handed over at a time', async () => {
  const world = setUp();
  for (let n = 0; n < 1100; n++) await world.recordAt(n, '12:00:00');
  assert.equal(outcomes(await world.run(batchMessage('tagledger-project', '12:00:00'))), ['m1 done']);
  assert.equal(
    world.given.project.map((events) => events.length),
    [500, 500, 100],
  );
});

test('a window without any event is kept: the batch told of changes, or its ledger is another one', async () => {
  const world = setUp();
  await world.recordAt(1, '13:00:00');
  const [outcome] = await world.run(batchMessage('tagledger-project', '12:00:00'));
  assert.is(outcome?.outcome, 'failed');
  assert.match(outcome?.reason ?? '', 'The ledger holds no event that was recorded between ');
});

test('an event that fails again keeps the message in whose window it is, and no other; what is behind it is done', async () => {
  const world = setUp();
  for (const [n, time] of [
    [1, '12:00:00'],
    [2, '12:08:00'],
    [3, '12:08:01'],
  ] as const) {
    await world.recordAt(n, time);
  }
  world.isPoison = ({ event }) => event.eventId === 'r2';
  const [first, second] = await world.run(
    batchMessage('tagledger-project', '12:00:00'),
    batchMessage('tagledger-project', '12:08:00'),
  );
  assert.equal([first?.outcome, second?.outcome], ['done', 'failed']);
  assert.match(second?.reason ?? '', '1 of 2 events failed again');
  assert.equal(world.given.project, [['r1', 'r2', 'r3'], ['r3']]);
});

test('an event that one consumer fails on keeps only the messages that are for it', async () => {
  const world = setUp();
  await world.recordAt(1, '12:00:00');
  world.isPoison = (_, consumer) => consumer === 'apply';
  const redriven = await world.run(
    batchMessage('tagledger-project', '12:00:00'),
    batchMessage('tagledger-apply', '12:00:00'),
  );
  assert.equal(outcomes(redriven), ['m1 done', 'm2 failed']);
});

test('a batch that has its records is handed over as it is, also when the ledger is not asked', async () => {
  const world = setUp();
  const event = await world.recordAt(1, '12:00:00');
  assert.equal(outcomes(await world.run(batchObject('tagledger-project', lambdaEventOf([event]).Records))), [
    'm1 done',
  ]);
  assert.equal([world.given.project, world.scans], [[['r1']], []]);
});

test('a record that nobody can read keeps its message, and the others of the batch are done', async () => {
  const world = setUp();
  const events = [await world.recordAt(1, '12:00:00'), await world.recordAt(2, '12:00:00')];
  const [first, second] = lambdaEventOf(events).Records as [DynamoDBRecord, DynamoDBRecord];
  const bad = unreadableRecord(events[0] as RecordedEvent, 7);
  const [outcome] = await world.run(batchObject('tagledger-project', [bad, first, second]));
  assert.is(outcome?.outcome, 'failed');
  assert.match(outcome?.reason ?? '', '1 of 3 records failed again');
  assert.is((await world.states.get(events.map(({ stream }) => stream))).length, 2);
});

test('after ten failed records the rest is not tried', async () => {
  const world = setUp();
  const events: RecordedEvent[] = [];
  for (let n = 0; n < 40; n++) events.push(await world.recordAt(n, '12:00:00'));
  world.isPoison = () => true;
  const [outcome] = await world.run(batchObject('tagledger-project', lambdaEventOf(events).Records));
  assert.match(outcome?.reason ?? '', '40 of 40 records failed again');
  assert.is(world.given.project.length, 10);
});

test('messages that can never be handled are told with their reason, and cost the others nothing', async () => {
  const world = setUp();
  const redriven = await world.run(
    'nonsense',
    '{"a":1}',
    JSON.stringify(envelope(launch(['i-01']))),
    '[{"a":1}]',
  );
  assert.equal(outcomes(redriven), ['m1 unusable', 'm2 unusable', 'm3 done', 'm4 unusable']);
  for (const { outcome, reason } of redriven) assert.is(outcome === 'done', reason === undefined);
});

test('what fails for now fails by itself', async () => {
  const world = setUp();
  await world.recordAt(1, '12:00:00');
  world.fail = GONE;
  const redriven = await world.run(
    batchMessage('tagledger-project', '12:00:00'),
    JSON.stringify(envelope(launch(['i-02']))),
  );
  assert.equal(outcomes(redriven), ['m1 failed', 'm2 done']);
  assert.is(redriven[0]?.reason, GONE.message);
  assert.is(world.errors().length, 1);
});

test('with too little time nothing is begun', async () => {
  const world = setUp();
  await world.recordAt(1, '12:00:00');
  const bodies = [JSON.stringify(envelope(launch(['i-02']))), batchMessage('tagledger-project', '12:00:00')];
  assert.equal(outcomes(await world.runWithin(9_000, ...bodies)), ['m1 failed', 'm2 failed']);
  assert.equal(world.given.project, []);
});

const queued = (...bodies: readonly string[]): SQSEvent => ({
  Records: bodies.map((body, i) => ({
    messageId: `message-${i}`,
    receiptHandle: 'handle',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: { RequestID: { dataType: 'String', stringValue: 'invocation-9' } },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:failures',
    awsRegion: 'eu-west-1',
  })),
});

test('behind a queue, all that went through is taken from it and all else stays', async () => {
  const { queue } = setUp();
  const good = JSON.stringify(envelope(launch(['i-01'])));
  assert.equal(await queue(queued('nonsense', good, batchMessage('apply', '18:00:00')), PLENTY), {
    batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-2' }],
  });
  assert.equal(await queue(queued(good), PLENTY), DONE);
});

test('a dead-letter queue tells the id of the invocation, so a call that it recorded is known again', async () => {
  const { queue, run, store } = setUp();
  const call = { resourceId: `arn:aws:ec2:eu-west-1:111122223333:instance/i-03`, user: 'ana' };
  await run(invocationMessage(call, 'invocation-9'));
  assert.equal(await queue(queued(JSON.stringify(call)), PLENTY), DONE);
  assert.equal(await typesByResource(store), { 'i-03': ['TagRequested'] });
});

test('an old batch does not put old values back: a request that has its outcome is left alone', async () => {
  const world = setUp();
  const first = await world.recordAt(1, '12:00:00');
  const outcome = record(
    first.stream,
    applied('a1', { request: 'r1' }),
    first,
    new Date('2026-04-01T12:00:01.000Z'),
  );
  await world.store.append(outcome);
  assert.equal(outcomes(await world.run(batchMessage('tagledger-apply', '12:00:00'))), ['m1 done']);
  assert.is(world.ec2.calls.createTags, 0);
});

test.run();
