import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { simulatedCloudWatch } from '../../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';
import { projectConsumer } from '../../../src/handlers/project/consumer.ts';
import { seal } from '../../../src/handlers/seal/seal.ts';
import { openHints } from '../../../src/sealing/hints.ts';
import { CHECKPOINT } from '../../../src/sealing/log/sealed-log.ts';
import { rejectionOf } from '../../support/async.ts';
import { appendAll, GONE, remembering } from '../../support/doubles.ts';
import { DONE, feedOf, from, lowest } from '../../support/feed-records.ts';
import { eventsOf, MINUTE_MS, NAME, signerOf, worldOf } from '../../support/sealing/world.ts';

const test = suite('seal');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';
const [A, B] = [eventsOf('i-0a', 3), eventsOf('i-0b', 2)];

const setUp = () => {
  const world = worldOf();
  const sns = simulatedSns({ topics: [TOPIC] });
  const seen = remembering();
  const deps = { ...world, sns, topicArn: TOPIC, telemetry: seen.telemetry };
  const feed = { memosFail: false };
  const coordination = {
    ...world.coordination,
    swap: (...args: Parameters<typeof world.coordination.swap>) =>
      feed.memosFail && args[0].key.startsWith('unsealed/')
        ? Promise.reject(GONE)
        : world.coordination.swap(...args),
  };
  const project = (sealing: boolean) =>
    lowest(
      projectConsumer({
        ...deps,
        coordination,
        states: memoryStateStore(),
        eventFormat: 1,
        cloudwatch: simulatedCloudWatch({ now: () => world.now().getTime() }),
        quietMs: 0,
        sealing,
      }),
    );
  return {
    ...world,
    ...seen,
    feed,
    sns,
    project,
    run: (input: unknown = {}, over: Partial<typeof deps> = {}, ms = 600_000) =>
      seal({ ...deps, ...over })(input, () => ms),
  };
};

test('events that project saw are sealed by the next run, and counted', async () => {
  const world = setUp();
  await appendAll(world.store, [...A, ...B]);
  assert.equal(await world.project(true)(feedOf([...A, ...B])), DONE);
  assert.equal(await world.run(), { origin: `${NAME}/log0`, size: 6, sealed: 5, broken: 0, isDone: true });
  assert.is(world.counts.EventsSealed, 5);
  assert.is((await world.run()).sealed, 0);
  assert.equal(world.errors(), []);
});

test('how long the oldest event has waited to be sealed is measured at the end of each run', async () => {
  const world = setUp();
  await appendAll(world.store, A);
  await world.project(true)(feedOf(A));
  await world.run({}, { now: () => new Date(world.now().getTime() + MINUTE_MS) }, 0);
  await world.run();
  const [waits = 0, sealed] = world.measured.OldestUnsealedAge ?? [];
  assert.ok(waits >= 60 && waits < 61, String(waits));
  assert.is(sealed, 0);
});

test('where nothing seals, project leaves no hints', async () => {
  const world = setUp();
  await world.project(false)(feedOf(A));
  assert.equal(await openHints(world.coordination, 10), []);
});

test('hints that could not be left make the batch come again', async () => {
  const world = setUp();
  world.feed.memosFail = true;
  assert.equal(await world.project(true)(feedOf(A)), from(0));
  world.feed.memosFail = false;
  assert.equal(await world.project(true)(feedOf(A)), DONE);
  assert.is((await openHints(world.coordination, 10)).length, 1);
});

test('what no hint told of is sealed by a run that compares, whatever else its input says', async () => {
  const world = setUp();
  await appendAll(world.store, A);
  assert.is((await world.run({ source: 'aws.events', 'detail-type': 'Scheduled Event' })).sealed, 0);
  assert.is((await world.run({ compare: true })).sealed, 3);
  assert.is((await world.run('nonsense')).sealed, 0);
});

test('a run with nothing to seal gives a sign of life when it is due', async () => {
  const world = setUp();
  await world.run();
  const first = await world.objects.get(`log0/${CHECKPOINT}`);
  world.later(5 * MINUTE_MS);
  await world.run();
  assert.equal(await world.objects.get(`log0/${CHECKPOINT}`), first);
  world.later(5 * MINUTE_MS);
  await world.run();
  assert.not.equal(await world.objects.get(`log0/${CHECKPOINT}`), first);
});

test('a stream that does not fit together is told once a day, and the others are sealed', async () => {
  const world = setUp();
  await appendAll(
    world.store,
    [A[0], ...A.slice(2), ...B].flatMap((event) => event ?? []),
  );
  const done = await world.run({ compare: true });
  assert.equal([done.sealed, done.broken], [3, 1]);
  await world.run({ compare: true });
  assert.is(world.sns.messages.length, 1);
  const [message] = world.sns.messages;
  assert.match(message?.subject ?? '', /^tagledger: NOT SEALED: the events of 1 resource do not fit/);
  assert.match(message?.message ?? '', `${A[0]?.stream} seq 2: missing: `);
  assert.is(world.counts.StreamsNotSealed, 2);
});

test('a log that does not agree with its head is told, and the run rejects', async () => {
  const world = setUp();
  await world.run();
  const error = await rejectionOf(world.run({}, { signer: signerOf(8) }));
  assert.match(String(error), 'SealStoppedError');
  assert.match(world.sns.messages[0]?.subject ?? '', /^tagledger: SEALING STOPPED/);
  assert.match(world.sns.messages[0]?.message ?? '', 'is not a checkpoint by the key of');
});

test('asked to, it begins a new log, also when the old one stopped it', async () => {
  const world = setUp();
  await appendAll(world.store, A);
  await world.run({ compare: true });
  const next = await world.run({ newLog: true, compare: true }, { signer: signerOf(8) });
  assert.equal([next.origin, next.sealed], [`${NAME}/log1`, 3]);
});

test('without time it leaves the rest to the next run', async () => {
  const world = setUp();
  await appendAll(world.store, A);
  await world.project(true)(feedOf(A));
  const { sealed, isDone } = await world.run({}, {}, 1_000);
  assert.equal([sealed, isDone], [0, false]);
  assert.is((await world.run()).sealed, 3);
});

test.run();
