import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { kindOfName } from '../../../src/coordination/coordination-store.ts';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';
import { UnreadableEventError } from '../../../src/events/recorded-event.ts';
import { quarantine } from '../../../src/handlers/project/quarantine.ts';
import { closeSuppressionWindows } from '../../../src/handlers/reconcile/close-suppression-windows.ts';
import { GONE, remembering } from '../../support/doubles.ts';
import { NOW, STREAM, streamOf } from '../../support/events.ts';

const test = suite('set aside');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';
const QUIET_MS = 15 * 60_000;

const setUp = () => {
  const world = { at: NOW, snsFails: false, swapFails: (_: string, __: unknown): boolean => false };
  const inner = memoryCoordinationStore();
  const keys = new Set<string>();
  const coordination: typeof inner = {
    ...inner,
    async swap(memo, seen) {
      if (world.swapFails(memo.key, memo.value)) throw GONE;
      keys.add(memo.key);
      return inner.swap(memo, seen);
    },
  };
  const sns = simulatedSns({ topics: [TOPIC], fault: () => (world.snsFails ? GONE : undefined) });
  const seen = remembering();
  const deps = { coordination, sns, topicArn: TOPIC, now: () => world.at, telemetry: seen.telemetry };
  return Object.assign(world, {
    ...seen,
    sns,
    aside: quarantine({ ...deps, quietMs: QUIET_MS }),
    close: () => closeSuppressionWindows({ ...deps, limit: 10 }),
    poison: async () =>
      (await inner.get([...keys].filter((key) => kindOfName(key) === 'poison'))).map(({ value }) => value),
    coordination: inner,
    keys,
  });
};

const poison = (seq = 3, stream: string = STREAM, why = 'schemaVersion: Expected 1 but received 2') =>
  new UnreadableEventError(stream, seq, why);

test('nothing to set aside calls nobody', async () => {
  const world = setUp();
  assert.is((await world.aside([])).size, 0);
  assert.equal([world.sns.messages.length, world.keys.size], [0, 0]);
});

test('an event is kept with its place, the reason and the time, and people are told what to do', async () => {
  const world = setUp();
  assert.is((await world.aside([poison()])).size, 0);
  assert.equal(await world.poison(), [
    {
      stream: STREAM,
      seq: '3',
      reason: 'schemaVersion: Expected 1 but received 2',
      at: NOW.toISOString(),
      told: true,
    },
  ]);
  assert.equal(
    world.sns.messages.map(({ subject, message }) => ({ subject, message })),
    [
      {
        subject: 'tagledger: 1 unreadable event quarantined in 111122223333 eu-west-1',
        message: `1 unreadable event of the ledger quarantined: neither applied nor shown, while all other events are processed.

Events (1 of 1):
  event 3 of ${STREAM}
    schemaVersion: Expected 1 but received 2

What to do:
  - If a newer version of tagledger wrote them, run that version in all functions; \`tagledger rebuild\` then brings the
    rows up to date.
  - If they were damaged, restore the table to the moment before: docs/restore.md.

Look further, with the version that can read them:
  tagledger history ${STREAM}`,
      },
    ],
  );
});

test('an event that comes again is told once, also after the quiet period', async () => {
  const world = setUp();
  await world.aside([poison(), poison()]);
  await world.aside([poison()]);
  world.at = new Date(NOW.getTime() + QUIET_MS);
  await world.close();
  await world.aside([poison()]);
  assert.is(world.sns.messages.length, 1);
  assert.is((await world.poison()).length, 1);
});

test('ten thousand unreadable events are one message and one summary, and each is kept', async () => {
  const world = setUp();
  for (let batch = 0; batch < 100; batch++) {
    const errors = Array.from({ length: 100 }, (_, n) => poison(1, streamOf(`i-${batch * 100 + n}`)));
    assert.is((await world.aside(errors)).size, 0);
  }
  world.at = new Date(NOW.getTime() + QUIET_MS);
  await world.close();
  assert.equal(
    world.sns.messages.map(({ subject }) => subject),
    [
      'tagledger: 100 unreadable events quarantined in 111122223333 eu-west-1',
      'tagledger: 9900 more unreadable events quarantined in 111122223333 eu-west-1',
    ],
  );
  assert.is((await world.poison()).length, 10_000);
});

test('when the memo cannot be written the event must come again, and the others are set aside', async () => {
  const world = setUp();
  let failures = 1;
  world.swapFails = (key) => key.startsWith('poison/') && failures-- > 0;
  const [first, second] = [poison(1), poison(2)];
  assert.equal([...(await world.aside([first, second, first]))], [first]);
  assert.equal(world.errors(), ['an unreadable event could not be quarantined']);
  assert.is(world.sns.messages.length, 1);
});

test('when people cannot be told the event must come again, and then they are', async () => {
  const world = setUp();
  world.snsFails = true;
  const error = poison();
  assert.equal([...(await world.aside([error]))], [error]);
  world.snsFails = false;
  assert.is((await world.aside([error])).size, 0);
  assert.is(world.sns.messages.length, 1);
});

test('who dies after the memo and before the message leaves an event that is told when it comes again', async () => {
  const world = setUp();
  // Death is a swap that never comes back: the event is kept, and nothing after it takes place.
  world.swapFails = (key) => key.startsWith('quiet/');
  await world.aside([poison()]);
  assert.equal(
    (await world.poison()).map((memo) => (memo as { told: boolean }).told),
    [false],
  );
  world.swapFails = () => false;
  await world.aside([poison()]);
  assert.is(world.sns.messages.length, 1);
});

test('when it cannot be noted that people heard, that is logged, and nothing must come again', async () => {
  const world = setUp();
  world.swapFails = (_, value) => (value as { told?: boolean }).told === true;
  assert.is((await world.aside([poison()])).size, 0);
  assert.equal(world.errors(), ['it could not be noted that people heard of an unreadable event']);
});

test('an event without a place is set aside as well, and long texts are cut', async () => {
  const world = setUp();
  const long = '🔥\n'.repeat(100_000);
  assert.is((await world.aside([poison(Number.NaN, 'undefined', long), poison(1, long, long)])).size, 0);
  const [{ subject = '', message }] = world.sns.messages as [(typeof world.sns.messages)[number]];
  assert.is(subject, 'tagledger: 2 unreadable events quarantined in unknown unknown');
  assert.ok(message.length < 5_000);
  assert.ok(JSON.stringify(await world.poison()).length < 10_000);
});

test('what another version left as its memo does not keep an event from being told', async () => {
  const world = setUp();
  await world.aside([poison()]);
  const [key = ''] = [...world.keys].filter((one) => one.startsWith('poison/'));
  const [memo] = await world.coordination.get([key]);
  await world.coordination.swap({ key, value: 'of a later version' }, memo);
  assert.is((await world.aside([poison()])).size, 0);
  assert.is(((await world.poison())[0] as { told: boolean }).told, true);
});

test.run();
