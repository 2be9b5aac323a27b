import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { publishNotices } from '../../../src/alerts/publish-notices.ts';
import type { Memo } from '../../../src/coordination/coordination-store.ts';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';
import { closeSuppressionWindows } from '../../../src/handlers/reconcile/close-suppression-windows.ts';
import { GONE, remembering } from '../../support/doubles.ts';
import { NOW } from '../../support/events.ts';
import { noticeOf } from '../../support/failures.ts';

const test = suite('announce and close quiet periods');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** Periods over one memo store. A process dies where `dies` says so: its swap or call never comes back. */
const setUp = () => {
  const world = { at: NOW, dies: (_: 'publish' | Memo): boolean => false };
  const inner = memoryCoordinationStore();
  const coordination: typeof inner = {
    ...inner,
    swap: (memo, seen) => (world.dies(memo) ? NEVER : inner.swap(memo, seen)),
  };
  const sns = simulatedSns({ topics: [TOPIC] });
  const send = ((command: Parameters<typeof sns.send>[0]) =>
    world.dies('publish') ? NEVER : sns.send(command)) as typeof sns.send;
  const seen = remembering();
  const deps = {
    coordination,
    sns: { send },
    topicArn: TOPIC,
    now: () => world.at,
    telemetry: seen.telemetry,
  };
  return Object.assign(world, {
    ...seen,
    coordination,
    sns,
    subjects: () => sns.messages.map(({ subject }) => subject),
    tell: (...notices: Parameters<typeof noticeOf>[]) =>
      publishNotices(
        deps,
        notices.map((notice) => noticeOf(...notice)),
      ),
    close: (limit = 100) => closeSuppressionWindows({ ...deps, limit }),
    wait: (seconds: number) => {
      world.at = new Date(world.at.getTime() + seconds * 1000);
    },
    /** Begins something, and goes on when nothing more comes of it. */
    killed: async (run: () => Promise<unknown>, dies: (typeof world)['dies']) => {
      world.dies = dies;
      void run();
      await new Promise((resolve) => setImmediate(resolve));
      world.dies = () => false;
    },
  });
};

const NEVER = new Promise<never>(() => {});
const stageOf = (what: 'publish' | Memo) =>
  what === 'publish' ? what : (what.value as { stage: string }).stage;
const SUMMARY = 'tagledger: 1 more failure to tag (denied) in 111122223333 eu-west-1';

test('who dies between claim and message leaves a claim that is published after its lease', async () => {
  const world = setUp();
  await world.killed(
    () => world.tell(['i-1']),
    (what) => what === 'publish',
  );
  assert.equal(world.subjects(), []);
  world.wait(59);
  assert.equal(await world.close(), { sent: 0, failed: 0 });
  world.wait(1);
  assert.equal(await world.close(), { sent: 1, failed: 0 });
  assert.equal(world.subjects(), ['alert of i-1']);
});

test('who dies after the message and before its mark sends it once more, and no less', async () => {
  const world = setUp();
  await world.killed(
    () => world.tell(['i-1']),
    (what) => stageOf(what) === 'announced',
  );
  assert.equal(world.subjects(), ['alert of i-1']);
  await world.tell(['i-1']);
  assert.equal(world.subjects(), ['alert of i-1', 'alert of i-1']);
});

for (const died of ['closing', 'publish', 'ended'] as const) {
  test(`who dies at the step "${died}" of a summary loses nothing`, async () => {
    const world = setUp();
    await world.tell(['i-1']);
    await world.tell(['i-2']);
    world.wait(15 * 60);
    await world.killed(
      () => world.close(),
      (what) => stageOf(what) === died,
    );
    world.wait(60);
    await world.close();
    await world.close();
    const summaries = died === 'ended' ? [SUMMARY, SUMMARY] : [SUMMARY];
    assert.equal(world.subjects(), ['alert of i-1', ...summaries]);
  });
}

test('two runs at once send one summary', async () => {
  const world = setUp();
  await world.tell(['i-1']);
  await world.tell(['i-2']);
  world.wait(15 * 60);
  await Promise.all([world.close(), world.close(), world.close()]);
  assert.equal(world.subjects(), ['alert of i-1', SUMMARY]);
});

test('of many who hear of one incident at once, one tells it, and none is left uncounted', async () => {
  const world = setUp();
  await Promise.all(Array.from({ length: 6 }, (_, n) => world.tell([`i-${n}`])));
  assert.is(world.sns.messages.length, 1);
  world.wait(15 * 60);
  await world.close();
  assert.match(world.subjects()[1] ?? '', 'tagledger: 5 more failures');
});

test('a period that was closed leaves a memo that is not due and expires', async () => {
  const world = setUp();
  await world.tell(['i-1']);
  world.wait(15 * 60);
  assert.equal(await world.close(), { sent: 0, failed: 0 });
  const [memo] = await world.coordination.get([noticeOf('i-1').key]);
  assert.is(memo?.dueAt, undefined);
  assert.equal(memo?.expiresAt, new Date(world.at.getTime() + 24 * 3600_000));
});

test('no more periods than asked for are looked after, the earliest first', async () => {
  const world = setUp();
  for (const key of ['quiet/b', 'quiet/a']) {
    await world.tell([`first of ${key}`, { key }]);
    await world.tell([`second of ${key}`, { key }]);
    world.wait(1);
  }
  world.wait(15 * 60);
  assert.is((await world.close(1)).sent, 1);
  const [earlier, later] = await world.coordination.get(['quiet/b', 'quiet/a']);
  assert.match(JSON.stringify(earlier?.value), '"stage":"ended"');
  assert.match(JSON.stringify(later?.value), '"stage":"announced"');
});

test('a summary that cannot be sent stays due, and is counted as failed', async () => {
  const world = setUp();
  await world.tell(['i-1']);
  await world.tell(['i-2']);
  world.wait(15 * 60);
  const { send } = world.sns;
  Object.assign(world.sns, { send: () => Promise.reject(GONE) });
  assert.equal(await world.close(), { sent: 0, failed: 1 });
  assert.equal(world.errors(), ['an alert could not be sent']);
  Object.assign(world.sns, { send });
  assert.equal(await world.close(), { sent: 1, failed: 0 });
});

test('what another version wrote into the memo does not keep a notice from being told', async () => {
  const world = setUp();
  await world.coordination.swap(
    { key: noticeOf('i-1').key, value: { stage: 'of a later version' } },
    undefined,
  );
  assert.is((await world.tell(['i-1'])).size, 0);
  assert.equal(world.subjects(), ['alert of i-1']);
});

test.run();
