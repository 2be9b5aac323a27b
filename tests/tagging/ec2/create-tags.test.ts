import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import type { Tag } from '../../../src/events/tag.ts';
import type { FailureClass } from '../../../src/events/tag-event.ts';
import type { Ec2 } from '../../../src/tagging/ec2/call.ts';
import { type CallOutcome, createTags, type Patience } from '../../../src/tagging/ec2/create-tags.ts';

const test = suite('create tags');

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const START = Date.parse('2026-03-31T12:00:00.000Z');
const OWNER: Tag = { key: 'Owner', value: 'ada' };

/** Longer than all retries together. */
const AGES = 3_600_000;

const instance = (id: string) => ({ account: ACCOUNT, region: REGION, type: 'instance', id });

/** Ids of instances, such as `i-0000001f`. */
const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `i-${(from + n).toString(16).padStart(8, '0')}`);

/** A number that stays within a list. */
const pick = (ids: readonly string[], n: number): string => ids[n % ids.length] as string;

/** A simulated cloud with these instances, on a clock that skips its waits, and the code under test before it. */
const cloudWith = (ids: readonly string[], options: Partial<SimulatedEc2Options> = {}) => {
  const clock = virtualClock(() => START);
  const cloud = simulatedEc2({ now: clock.now, ...options });
  for (const id of ids) cloud.create(instance(id));
  const client = cloud.client(ACCOUNT, REGION);
  const calls: string[][] = [];
  const ec2 = {
    send: (command: CreateTagsCommand) => {
      calls.push([...(command.input.Resources ?? [])]);
      return client.send(command);
    },
  } as Ec2;
  const elapsedMs = () => clock.now() - START;
  return {
    cloud,
    /** The ids of each call so far. */
    calls,
    elapsedMs,
    tag: (some: readonly string[], patience: Partial<Patience> = {}, tags: readonly Tag[] = [OWNER]) =>
      createTags(ec2, some, tags, {
        sleep: clock.sleep,
        remainingMs: () => AGES - elapsedMs(),
        isYoung: () => false,
        random: () => 0.5,
        ...patience,
      }),
    isTagged: (id: string) => cloud.tagsOf(instance(id))?.some(({ key }) => key === OWNER.key) ?? false,
    /** Empties the token bucket. */
    drain: async (id: string) => {
      for (let i = 0; i < 100; i++) {
        await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'Drain', Value: '' }] }));
      }
    },
  };
};

const classOf = (outcome: CallOutcome | undefined): FailureClass | 'applied' | 'none' =>
  outcome === undefined ? 'none' : outcome.ok ? 'applied' : outcome.failure.class;

/** What became of the resources: the ids of each class. */
const byClass = (outcomes: ReadonlyMap<string, CallOutcome>): Record<string, string[]> => {
  const classes: Record<string, string[]> = {};
  for (const [id, outcome] of outcomes) {
    const name = classOf(outcome);
    classes[name] = [...(classes[name] ?? []), id].sort();
  }
  return classes;
};

/** An instance with as many tags as it may have. */
const fill = (cloud: ReturnType<typeof simulatedEc2>, id: string) =>
  cloud.setTags(
    instance(id),
    Array.from({ length: 50 }, (_, i) => ({ key: `Key${i}`, value: '' })),
  );

test('2,500 resources are three calls, and each outcome bears the request id of its call', async () => {
  const ids = numbered(2_500);
  const { tag, calls, cloud } = cloudWith(ids);
  const outcomes = await tag(ids);
  assert.equal(
    calls.map((call) => call.length),
    [1_000, 1_000, 500],
  );
  assert.equal([...outcomes.keys()], ids);
  const requestIds = ids.map((id) => {
    const outcome = outcomes.get(id);
    return outcome?.ok ? outcome.awsRequestId : undefined;
  });
  assert.is(new Set(requestIds).size, 3);
  assert.not(requestIds.includes(undefined));
  assert.equal(cloud.tagsOf(instance(pick(ids, 2_499))), [OWNER]);
});

test('exactly 1,000 resources are one call, one more is another call, none is none', async () => {
  for (const [count, expected] of [
    [0, 0],
    [1_000, 1],
    [1_001, 2],
  ] as const) {
    const { tag, calls } = cloudWith(numbered(count));
    assert.is((await tag(numbered(count))).size, count);
    assert.is(calls.length, expected);
  }
});

test('all tags go out in one call', async () => {
  const tags = [OWNER, { key: 'Team', value: '' }];
  const { tag, cloud, calls } = cloudWith(['i-1']);
  await tag(['i-1'], {}, tags);
  assert.equal(cloud.tagsOf(instance('i-1')), tags);
  assert.is(calls.length, 1);
});

test('one bad resource that the message names is left out, and the others are tagged in the second call', async () => {
  const ids = numbered(1_000);
  const gone = pick(ids, 500);
  const { tag, calls, isTagged } = cloudWith(ids.filter((id) => id !== gone));
  const outcomes = await tag(ids);
  assert.equal(byClass(outcomes)['not-found'], [gone]);
  assert.equal(
    calls.map((call) => call.length),
    [1_000, 999],
  );
  assert.ok(ids.every((id) => isTagged(id) === (id !== gone)));
});

test('bad resources that are all named in one message are left out at once', async () => {
  const there = numbered(20);
  const gone = numbered(10, 1_000);
  const { tag, calls } = cloudWith(there);
  assert.equal(byClass(await tag([...gone, ...there])), { applied: there, 'not-found': gone });
  assert.is(calls.length, 2);
});

test('an id that is the beginning of a named one is not taken for it', async () => {
  const { tag } = cloudWith(['i-1', 'i-12']);
  assert.equal(byClass(await tag(['i-1', 'i-12', 'i-123'])), {
    applied: ['i-1', 'i-12'],
    'not-found': ['i-123'],
  });
});

test('one bad resource that nobody names is found by halving: only it fails, in 2 log2(n) + 1 calls', async () => {
  for (const count of [2, 3, 100, 1_000]) {
    for (const place of [0, Math.floor(count / 2), count - 1]) {
      const ids = numbered(count);
      const full = pick(ids, place);
      const { tag, cloud, calls, isTagged } = cloudWith(ids);
      await fill(cloud, full);
      const outcomes = await tag(ids);
      assert.equal(byClass(outcomes).invalid, [full]);
      assert.ok(ids.every((id) => isTagged(id) === (id !== full)));
      const most = 2 * Math.ceil(Math.log2(count)) + 1;
      assert.ok(
        calls.length <= most,
        `${calls.length} calls for ${count} resources, expected at most ${most}`,
      );
    }
  }
});

test('three denied resources that are named one at a time fail alone', async () => {
  const ids = numbered(1_000);
  const forbidden = [1, 400, 998].map((n) => pick(ids, n));
  const { tag, calls, isTagged } = cloudWith(ids, { denied: ({ id }) => forbidden.includes(id) });
  const outcomes = await tag(ids);
  assert.equal(byClass(outcomes).denied, forbidden);
  assert.ok(ids.every((id) => isTagged(id) !== forbidden.includes(id)));
  assert.ok(calls.length <= 3 * 2 + 1, `${calls.length} calls`);
});

test('among many that are denied and named one at a time, a good resource does not wait for all of them', async () => {
  const ids = numbered(100);
  const good = pick(ids, 0);
  const { tag, calls, isTagged } = cloudWith(ids, { denied: ({ id }) => id !== good });
  await tag(ids, { remainingMs: () => (calls.length < 10 ? 1_000 : 0) });
  assert.ok(isTagged(good), 'expected it to be tagged within ten calls');
});

test('where all are denied each one has an outcome of its own, which names itself', async () => {
  const ids = numbered(33);
  const { tag, calls } = cloudWith(ids, { denied: () => true });
  const outcomes = await tag(ids);
  assert.equal(byClass(outcomes), { denied: ids });
  for (const id of ids) {
    const outcome = outcomes.get(id);
    assert.match(outcome?.ok === false ? outcome.failure.message : '', `instance/${id} `);
  }
  assert.is(calls.length, ids.length);
});

test('a malformed id is invalid for itself alone', async () => {
  const { tag, calls } = cloudWith(['i-1', 'i-2']);
  const outcomes = await tag(['i-1', 'nonsense-1', 'i-2']);
  assert.equal(byClass(outcomes), { applied: ['i-1', 'i-2'], invalid: ['nonsense-1'] });
  assert.is(calls.length, 2);
});

test('good, full, denied, malformed and absent resources in one list each get what they deserve', async () => {
  const { tag, cloud, isTagged } = cloudWith([...numbered(40), 'i-aa', 'i-bb'], {
    denied: ({ id }) => id === 'i-bb',
  });
  await fill(cloud, 'i-aa');
  const outcomes = await tag(['i-cc', ...numbered(20), 'i-aa', 'nonsense-1', ...numbered(20, 20), 'i-bb']);
  assert.equal(byClass(outcomes), {
    applied: numbered(40),
    invalid: ['i-aa', 'nonsense-1'],
    denied: ['i-bb'],
    'not-found': ['i-cc'],
  });
  assert.ok(numbered(40).every(isTagged));
});

test('a call that finds the bucket empty waits, on the virtual clock, and succeeds', async () => {
  const { tag, cloud, drain, elapsedMs } = cloudWith(numbered(10));
  await drain('i-00000000');
  assert.equal(byClass(await tag(numbered(10))), { applied: numbered(10) });
  assert.ok(cloud.calls.throttled >= 1);
  assert.ok(elapsedMs() >= 100, 'a token takes 100 ms');
});

test('a call that is throttled for good is made six times, and its resources may come again', async () => {
  const throttled = Object.assign(new Error('Request limit exceeded.'), {
    name: 'RequestLimitExceeded',
    $metadata: { httpStatusCode: 503 },
  });
  const { tag, elapsedMs, calls } = cloudWith(numbered(10), { fault: () => throttled });
  const outcomes = await tag(numbered(10));
  assert.equal(byClass(outcomes), { throttled: numbered(10) });
  assert.is(calls.length, 6, 'and it was not halved');
  assert.ok(elapsedMs() < 15_500, 'no wait is longer than its bound');
});

test('a lost reply is a call made again', async () => {
  let lost = 0;
  const { tag, calls } = cloudWith(['i-1'], {
    loseReply: () => (lost++ === 0 ? new Error('socket hang up') : undefined),
  });
  assert.equal(byClass(await tag(['i-1'])), { applied: ['i-1'] });
  assert.is(calls.length, 2);
});

test('without time nothing is called, and every resource is told so', async () => {
  const { tag, calls } = cloudWith(numbered(1_500));
  for (const left of [0, -1]) {
    const outcomes = await tag(numbered(1_500), { remainingMs: () => left });
    assert.is(outcomes.size, 1_500);
    for (const outcome of outcomes.values()) {
      assert.equal(outcome, {
        ok: false,
        failure: {
          code: 'OutOfTime',
          message: 'the invocation had no time left to call EC2',
          class: 'unavailable',
        },
      });
    }
  }
  assert.equal(calls, []);
});

test('when time runs out between calls there are no further calls, and what is done is done', async () => {
  const ids = numbered(2_500);
  const { tag, calls } = cloudWith(ids);
  const outcomes = await tag(ids, { remainingMs: () => (calls.length < 2 ? 1_000 : 0) });
  assert.is(calls.length, 2);
  assert.equal(byClass(outcomes), { applied: ids.slice(0, 2_000), unavailable: ids.slice(2_000) });
});

test('when time runs out while halving the rest is left to a later attempt', async () => {
  const ids = numbered(64);
  const { tag, cloud, calls } = cloudWith(ids);
  await fill(cloud, pick(ids, 63));
  const outcomes = await tag(ids, { remainingMs: () => (calls.length < 2 ? 1_000 : 0) });
  assert.equal(byClass(outcomes), { applied: ids.slice(0, 32), unavailable: ids.slice(32) });
});

test('no wait goes beyond the time that is left', async () => {
  for (const budget of [1, 500, 5_000]) {
    const { tag, elapsedMs } = cloudWith(['i-1'], { fault: () => new Error('socket hang up') });
    await tag(['i-1', 'i-2'], { remainingMs: () => budget - elapsedMs(), isYoung: () => true });
    assert.ok(elapsedMs() < budget, `${elapsedMs()} of ${budget} ms`);
  }
});

test('a young resource that EC2 does not show yet is tagged as soon as it does, its neighbours at once', async () => {
  const { tag, calls, isTagged, elapsedMs } = cloudWith(['i-1', 'i-2', 'i-3'], {
    visibleAfterMs: (id) => (id === 'i-2' ? 100 : 0),
  });
  const outcomes = await tag(['i-1', 'i-2', 'i-3'], { isYoung: (id) => id === 'i-2' });
  assert.equal(byClass(outcomes), { applied: ['i-1', 'i-2', 'i-3'] });
  assert.ok(isTagged('i-2'));
  assert.ok(elapsedMs() >= 100);
  assert.equal(calls.slice(0, 2), [
    ['i-1', 'i-2', 'i-3'],
    ['i-1', 'i-3'],
  ]);
  assert.ok(calls.slice(2).every((call) => call.length === 1));
});

test('a young resource that does not come to light is not yet visible, after six calls', async () => {
  const { tag, calls } = cloudWith([]);
  const outcomes = await tag(['i-1', 'i-2'], { isYoung: (id) => id === 'i-1' });
  assert.equal(byClass(outcomes), { 'not-yet-visible': ['i-1'], 'not-found': ['i-2'] });
  assert.is(calls.flat().filter((id) => id === 'i-1').length, 6);
  assert.is(calls.flat().filter((id) => id === 'i-2').length, 1, 'an old one that is not there is final');
});

test('a resource that grows old while it is waited for is final', async () => {
  const { tag, elapsedMs } = cloudWith([]);
  const outcomes = await tag(['i-1'], { isYoung: () => elapsedMs() === 0 });
  assert.equal(byClass(outcomes), { 'not-found': ['i-1'] });
});

test('a young resource for which no time is left to wait stays not yet visible', async () => {
  const { tag, calls } = cloudWith([]);
  const outcomes = await tag(['i-1'], { isYoung: () => true, remainingMs: () => Number.MIN_VALUE });
  assert.equal(byClass(outcomes), { 'not-yet-visible': ['i-1'] });
  assert.is(calls.length, 1);
});

test('a resource that is listed twice has one outcome, good or bad', async () => {
  const { tag, cloud } = cloudWith(['i-1', 'i-2', 'i-3'], { denied: ({ id }) => id === 'i-3' });
  await fill(cloud, 'i-2');
  const outcomes = await tag(['i-1', 'i-2', 'i-3', 'i-4', 'i-2', 'i-1', 'i-3', 'i-4']);
  assert.equal(byClass(outcomes), {
    applied: ['i-1'],
    invalid: ['i-2'],
    denied: ['i-3'],
    'not-found': ['i-4'],
  });
});

test('the same ids a thousand times over are one small call', async () => {
  const { tag, calls } = cloudWith(['i-1', 'i-2']);
  await tag(Array.from({ length: 2_500 }, (_, n) => `i-${(n % 2) + 1}`));
  assert.equal(calls, [['i-1', 'i-2']]);
});

test('whatever a client throws or answers, there is an outcome', async () => {
  for (const [failureClass, send] of [
    ['unavailable', () => Promise.reject(undefined)],
    ['unavailable', () => Promise.reject('no')],
    [
      'unknown',
      () => {
        throw new TypeError('not a function');
      },
    ],
    ['unknown', () => Promise.resolve(undefined)],
  ] as const) {
    const outcomes = await createTags({ send } as unknown as Ec2, ['i-1'], [OWNER], {
      sleep: async () => {},
      remainingMs: () => AGES,
      isYoung: () => false,
    });
    assert.equal(byClass(outcomes), { [failureClass]: ['i-1'] });
  }
});

const FATES = ['good', 'denied', 'missing', 'full', 'malformed', 'young'] as const;

test('whatever is among them, good resources are tagged and every resource has exactly one outcome', async () => {
  const expected = {
    good: 'applied',
    denied: 'denied',
    missing: 'not-found',
    full: 'invalid',
    malformed: 'invalid',
    young: 'not-yet-visible',
  } as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...FATES), { maxLength: 60 }),
      fc.array(fc.nat({ max: 59 }), { maxLength: 5 }),
      async (fates, repeated) => {
        const fateOf = new Map(
          fates.map((fate, n) => [fate === 'malformed' ? `nonsense-${n}` : pick(numbered(1, n), 0), fate]),
        );
        const ids = [...fateOf.keys()];
        const those = (...wanted: readonly string[]) =>
          ids.filter((id) => wanted.includes(fateOf.get(id) ?? ''));
        const { tag, cloud, isTagged } = cloudWith(those('good', 'denied', 'full'), {
          throttle: false,
          denied: ({ id }) => fateOf.get(id) === 'denied',
        });
        for (const id of those('full')) await fill(cloud, id);
        const twice = ids.length > 0 ? repeated.map((n) => pick(ids, n)) : [];
        const outcomes = await tag([...ids, ...twice], { isYoung: (id) => fateOf.get(id) === 'young' });
        assert.equal([...outcomes.keys()].sort(), [...ids].sort());
        for (const [id, fate] of fateOf) {
          assert.is(classOf(outcomes.get(id)), expected[fate], `${id} is ${fate}`);
          assert.is(isTagged(id), fate === 'good', id);
        }
      },
    ),
    { seed: 20_260_331, numRuns: 150 },
  );
});

test.run();
