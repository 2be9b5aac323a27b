import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { confidenceOf } from '../../src/cloudtrail/identity/confidence.ts';
import type { StoredMemo } from '../../src/coordination/coordination-store.ts';
import type { TagEvent, TagRequested, Who } from '../../src/events/tag-event.ts';
import { request } from '../../src/intake/intake.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { envelope, launch, sessionOf, tagging, termination } from '../support/cloudtrail/trail.ts';
import { GONE, remembering, tickingClock } from '../support/doubles.ts';
import { streamOf, tags } from '../support/events.ts';

const test = suite('the persons behind role sessions');

const KEY = 'ASIAMADEUP0000000001';
const NEXT_KEY = 'ASIAMADEUP0000000002';
const ADA = { name: 'ada', arn: 'arn:aws:iam::111122223333:user/team/ada', kind: 'IAMUser' };
const DEPLOY = 'arn:aws:sts::111122223333:assumed-role/deploy/x';

/** A record of AssumeRole that issued this key; ada's unless `over` says otherwise. */
const assumption = (accessKeyId = KEY, over: object = {}) =>
  sample('AssumeRole', {
    eventID: `issue of ${accessKeyId}`,
    eventSource: 'sts.amazonaws.com',
    eventTime: '2026-03-31T23:00:00Z',
    responseElements: {
      credentials: { accessKeyId, sessionToken: 'TOKEN', expiration: 'Apr 1, 2026, 12:00:00 AM' },
      assumedRoleUser: { arn: DEPLOY },
    },
    ...over,
  });
const session = (accessKeyId = KEY, role = 'deploy') => ({ ...sessionOf(role, 'x'), accessKeyId });
const byServices = { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' };

const setUp = (isOn = true) => {
  const store = memoryStore();
  const coordination = memoryCoordinationStore();
  const written: unknown[] = [];
  const calls = { get: 0, fail: undefined as Error | undefined };
  const watchedMemos = {
    ...coordination,
    async get(keys: readonly string[]): Promise<StoredMemo[]> {
      calls.get += 1;
      return coordination.get(keys);
    },
    async swap(...args: Parameters<typeof coordination.swap>) {
      if (calls.fail) throw calls.fail;
      written.push(args[0]);
      return coordination.swap(...args);
    },
  };
  const { telemetry } = remembering();
  const world = { now: tickingClock('2026-04-01T00:05:00.000Z') };
  const ledger = { store, eventFormat: 1 as const, now: () => world.now(), wait: async () => undefined };
  const rules = parseTagRules('{"Owner":"{who.name}"}');
  const handle = request({
    ledger,
    rules,
    telemetry,
    taggerRoleArn: 'arn:aws:iam::111122223333:role/tagledger-apply',
    ...(isOn && { coordination: watchedMemos }),
  });
  const firstOf = async (id: string) => (await store.read(streamOf(id)))[0]?.event as TagEvent;
  return {
    world,
    written: written as { key: string; value: object; expiresAt: Date }[],
    calls,
    run: (input: unknown) => handle(input, 'invocation 1'),
    firstOf,
    whoMade: async (id: string) => ((await firstOf(id)) as TagRequested).who,
  };
};

test('a launch in a role session is the person’s who assumed the role', async () => {
  const { run, whoMade, firstOf } = setUp();
  const [remembered] = await run(assumption());
  assert.equal([remembered?.outcome, remembered?.why], ['skipped', 'remembered']);
  await run(launch(['i-0abc'], { userIdentity: session() }));
  const who = await whoMade('i-0abc');
  assert.equal(who, { ...ADA, via: DEPLOY, found: 'assumed-by', ip: '203.0.113.9' });
  assert.is(confidenceOf(who), 'person');
  assert.equal(((await firstOf('i-0abc')) as TagRequested).tags, tags('Owner=ada'));
});

test('it does not matter in which order the records of one input come, or how they are wrapped', async () => {
  const acted = launch(['i-0abc'], { userIdentity: session() });
  for (const input of [
    [assumption(), acted],
    [acted, assumption()],
    { Records: [acted, assumption()] },
    [envelope(acted), envelope(assumption())],
  ]) {
    const { run, whoMade } = setUp();
    await run(input);
    assert.is((await whoMade('i-0abc')).name, 'ada');
  }
});

test('tag changes and endings are the person’s too', async () => {
  const { run, firstOf } = setUp();
  const by = { userIdentity: session() };
  await run([assumption(), tagging('i-0abc', { Owner: 'x' }, by), termination(['i-0def'], by)]);
  for (const id of ['i-0abc', 'i-0def']) {
    assert.is(((await firstOf(id)) as TagEvent & { who: Who }).who.name, 'ada');
  }
});

for (const [operation, userIdentity, name] of [
  ['AssumeRoleWithSAML', { type: 'SAMLUser', userName: 'bea@example.com' }, 'bea@example.com'],
  [
    'AssumeRoleWithWebIdentity',
    { type: 'WebIdentityUser', userName: 'cleo@example.com' },
    'cleo@example.com',
  ],
] as const) {
  test(`${operation} is remembered as well`, async () => {
    const { run, whoMade } = setUp();
    await run([
      assumption(KEY, { eventName: operation, userIdentity }),
      launch(['i-0abc'], { userIdentity: session() }),
    ]);
    assert.is((await whoMade('i-0abc')).name, name);
  });
}

test('a chain of roles leads back to the person, over inputs and within one', async () => {
  const second = assumption(NEXT_KEY, { userIdentity: session() });
  const acted = launch(['i-0abc'], { userIdentity: session(NEXT_KEY, 'admin') });
  for (const inputs of [
    [assumption(), second, acted],
    [[assumption(), second, acted]],
    [[second, assumption()], acted],
  ]) {
    const { run, whoMade } = setUp();
    for (const input of inputs) await run(input);
    const { name, via } = await whoMade('i-0abc');
    assert.equal([name, via], ['ada', 'arn:aws:sts::111122223333:assumed-role/admin/x']);
  }
});

test('sessions that assumed each other have nobody behind them', async () => {
  const { run, whoMade, written } = setUp();
  await run([
    assumption(KEY, { userIdentity: session(NEXT_KEY) }),
    assumption(NEXT_KEY, { userIdentity: session() }),
    launch(['i-0abc'], { userIdentity: session() }),
  ]);
  assert.equal([(await whoMade('i-0abc')).name, written], ['x', []]);
});

for (const [what, over] of [
  ['a service', { userIdentity: byServices }],
  ['nobody, because it failed', { errorCode: 'AccessDenied' }],
  ['another account', { userIdentity: { type: 'AWSAccount', accountId: '444455556666' } }],
  ['a record without credentials', { responseElements: null }],
  ['a record of another service', { eventSource: 'ec2.amazonaws.com' }],
] as const) {
  test(`a role assumed by ${what} is not remembered, and its session keeps its name`, async () => {
    const { run, whoMade, written } = setUp();
    const [first] = await run([assumption(KEY, over), launch(['i-0abc'], { userIdentity: session() })]);
    assert.is.not(first?.why, 'remembered');
    assert.equal([(await whoMade('i-0abc')).name, written], ['x', []]);
  });
}

for (const [what, more, name] of [
  ['names a source identity', { sessionContext: { sourceIdentity: 'grace' } }, 'grace'],
  ['was used by another account’s provider', { invokedByDelegate: { accountId: '999999999999' } }, 'x'],
] as const) {
  test(`a session that ${what} keeps the name that it has`, async () => {
    const { run, whoMade } = setUp();
    await run([assumption(), launch(['i-0abc'], { userIdentity: { ...session(), ...more } })]);
    assert.is((await whoMade('i-0abc')).name, name);
  });
}

test('tagledger’s own role stays its own, also where a person assumed it', async () => {
  const { run } = setUp();
  const userIdentity = session(KEY, 'tagledger-apply');
  await run(launch(['i-0abc']));
  const [, own] = await run([assumption(), tagging('i-0abc', { Owner: 'ada' }, { userIdentity })]);
  assert.is(own?.event, 'TagApplied');
});

test('supports evidence for CC6.1: what is kept holds no access key id, no secret and no token', async () => {
  const { run, written } = setUp();
  await run([assumption(), assumption(NEXT_KEY, { userIdentity: session() })]);
  assert.is(written.length, 2);
  for (const { key, value } of written) {
    assert.match(key, /^session\/[\w-]{22}$/);
    assert.equal(value, ADA);
  }
  assert.not.match(JSON.stringify(written), /ASIA|TOKEN/);
});

test('it is kept until a day after the session must have ended, or after it was learnt', async () => {
  const { run, written } = setUp();
  await run([assumption(), assumption(NEXT_KEY, { eventTime: '2020-01-01T00:00:00Z' })]);
  assert.equal(
    written.map(({ expiresAt }) => expiresAt.toISOString().slice(0, 16)),
    ['2026-04-02T11:00', '2026-04-02T00:05'],
  );
});

test('what is expired means nothing, although it is still there', async () => {
  const { run, whoMade, world } = setUp();
  await run(assumption());
  world.now = tickingClock('2026-04-02T12:00:00.000Z');
  await run(launch(['i-0abc'], { userIdentity: session() }));
  assert.is((await whoMade('i-0abc')).name, 'x');
});

test('the same record again is remembered and not written again', async () => {
  const { run, written } = setUp();
  await run(assumption());
  const [again] = await run([assumption()]);
  assert.equal([again?.why, written.length], ['remembered', 1]);
});

test('one input asks once, and one without sessions not at all', async () => {
  const { run, calls } = setUp();
  await run([
    launch(['i-01'], { userIdentity: session() }),
    launch(['i-02'], { userIdentity: session(NEXT_KEY) }),
    assumption(),
  ]);
  assert.is(calls.get, 1);
  await run(launch(['i-03']));
  assert.is(calls.get, 1);
});

test('when it cannot be kept the call rejects, and the same call again completes it', async () => {
  const { run, calls, whoMade } = setUp();
  calls.fail = GONE;
  const inputs = [assumption(), launch(['i-0abc'], { userIdentity: session() })];
  assert.is(await rejectionOf(run(inputs)), GONE);
  calls.fail = undefined;
  await run(inputs);
  assert.is((await whoMade('i-0abc')).name, 'ada');
});

test('without memos a role’s assumption is a call of another service, and sessions keep their names', async () => {
  const { run, whoMade } = setUp(false);
  const [skipped] = await run([assumption(), launch(['i-0abc'], { userIdentity: session() })]);
  assert.equal([skipped?.why, (await whoMade('i-0abc')).name], ['not-ec2', 'x']);
});

test.run();
