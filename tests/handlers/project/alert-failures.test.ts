import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { simulatedCloudWatch } from '../../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import { GAP_TYPE, type TagEvent } from '../../../src/events/tag-event.ts';
import { alertFailures } from '../../../src/handlers/project/alert-failures.ts';
import { closeSuppressionWindows } from '../../../src/handlers/reconcile/close-suppression-windows.ts';
import { GONE, remembering } from '../../support/doubles.ts';
import {
  applied,
  at,
  chain,
  failed,
  gapFound,
  NOW,
  observed,
  requested,
  retired,
  streamOf,
} from '../../support/events.ts';
import {
  batchOf,
  DONE,
  feedOf,
  from,
  lowest,
  rest,
  tampered,
  unreadable,
} from '../../support/feed-records.ts';

const test = suite('alert');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

interface Failing {
  /** Of these messages SNS loses the call, or fails to take the entry of a batch. */
  readonly sns?: (subject: string) => boolean;
  readonly entry?: (subject: string) => boolean;
  readonly cloudwatch?: boolean;
  readonly swap?: (key: string) => boolean;
}

/** The handler with a topic, CloudWatch, memos and a clock; what is told in `failing` fails. */
const setUp = (failing: Failing = {}) => {
  const world = { failing, at: NOW };
  let calls = 0;
  const sns = simulatedSns({
    topics: [TOPIC],
    fault: ({ input }) => {
      calls += 1;
      const inputs = 'Message' in input ? [input] : (input.PublishBatchRequestEntries ?? []);
      return inputs.some(({ Subject = '' }) => world.failing.sns?.(Subject)) ? GONE : undefined;
    },
    failEntry: ({ Subject = '' }) => world.failing.entry?.(Subject) ?? false,
  });
  const cloudwatch = simulatedCloudWatch({
    now: () => world.at.getTime(),
    fault: () => {
      calls += 1;
      return world.failing.cloudwatch ? GONE : undefined;
    },
  });
  const inner = memoryCoordinationStore();
  const coordination: typeof inner = {
    ...inner,
    swap: (memo, seen) => (world.failing.swap?.(memo.key) ? Promise.reject(GONE) : inner.swap(memo, seen)),
  };
  const seen = remembering();
  const telling = { coordination, sns, topicArn: TOPIC, now: () => world.at, telemetry: seen.telemetry };
  const coldStart = () => lowest(alertFailures({ ...telling, quietMs: 15 * 60_000, cloudwatch }));
  return Object.assign(world, {
    ...seen,
    coordination,
    sns,
    cloudwatch,
    calls: () => calls,
    subjects: () => sns.messages.map(({ subject }) => subject),
    coldStart,
    deliver: coldStart(),
    close: () => closeSuppressionWindows({ ...telling, limit: 100 }),
    /** Moves the clock so many seconds on. */
    wait: (seconds: number) => {
      world.at = new Date(world.at.getTime() + seconds * 1000);
    },
  });
};

const stream = (n: number, region = 'eu-west-1', account = '111122223333'): ResourceArn =>
  streamOf(`i-${String(n).padStart(8, '0')}`)
    .replace('eu-west-1', region)
    .replace('111122223333', account) as ResourceArn;

/** The failure, as it stands in its stream. */
const failure = (of: ResourceArn, over: Parameters<typeof failed>[1] = {}): RecordedEvent =>
  chain([failed(`failure of ${of}`, over)], of)[0] as RecordedEvent;

const THROTTLED = { code: 'RequestLimitExceeded', class: 'throttled' } as const;

test('failures with the same class, account, Region and prospect are one message; all others are their own', async () => {
  const { deliver, sns, counts } = setUp();
  const batch = feedOf([
    failure(stream(1)),
    failure(stream(2)),
    failure(stream(3), THROTTLED),
    failure(stream(4), { ...THROTTLED, retryAt: at(9) }),
    failure(stream(5, 'us-east-1')),
    failure(stream(6, 'eu-west-1', '444455556666')),
    failure(stream(7)),
  ]);
  assert.equal(await deliver(batch), DONE);
  assert.equal(
    sns.messages.map(({ subject }) => subject),
    [
      'tagledger: 3 resources not tagged: UnauthorizedOperation in 111122223333 eu-west-1',
      'tagledger: 1 resource not tagged: RequestLimitExceeded in 111122223333 eu-west-1',
      'tagledger: 1 resource not tagged: RequestLimitExceeded in 111122223333 eu-west-1',
      'tagledger: 1 resource not tagged: UnauthorizedOperation in 111122223333 us-east-1',
      'tagledger: 1 resource not tagged: UnauthorizedOperation in 444455556666 eu-west-1',
    ],
  );
  assert.match(sns.messages[1]?.message ?? '', 'no further attempt will be made');
  assert.match(sns.messages[2]?.message ?? '', `another attempt is due at ${at(9)}`);
  assert.is(counts.AlertsSent, 5);
});

test('a flood of failures is one short message, and says how many there are', async () => {
  const { deliver, sns } = setUp();
  await deliver(feedOf(Array.from({ length: 500 }, (_, n) => failure(stream(n)))));
  assert.is(sns.messages.length, 1);
  const { message = '' } = sns.messages[0] ?? {};
  assert.match(message, /^500 resources in account 111122223333/);
  assert.match(message, 'Resources (10 of 500):');
  assert.is(message.match(/^ {2}arn:/gm)?.length, 10);
});

test('each incident is a metric of its class, account and Region, and no resource is a dimension', async () => {
  const { deliver, cloudwatch } = setUp();
  const later = failure(stream(4), { ...THROTTLED, retryAt: at(9) });
  const final = failure(stream(3, 'us-east-1'), THROTTLED);
  await deliver(feedOf([failure(stream(1)), failure(stream(2)), final, later]));
  assert.equal(
    cloudwatch.metrics.map(({ namespace, datum }) => [
      namespace,
      datum.MetricName,
      datum.Value,
      datum.Timestamp,
    ]),
    [
      ['tagledger', 'FailedResources', 2, NOW],
      ['tagledger', 'FailedResources', 1, NOW],
      ['tagledger', 'DelayedResources', 1, NOW],
    ],
  );
  assert.equal(cloudwatch.metrics[1]?.datum.Dimensions, [
    { Name: 'FailureClass', Value: 'throttled' },
    { Name: 'Account', Value: '111122223333' },
    { Name: 'Region', Value: 'us-east-1' },
  ]);
  assert.is(cloudwatch.calls.accepted, 1);
});

test('a batch without failures calls nobody', async () => {
  const { deliver, calls, lines } = setUp();
  const others: TagEvent[] = [requested('r1'), applied('a1'), observed('o1'), retired('x1')];
  assert.equal(await deliver(feedOf(chain(others))), DONE);
  assert.equal(await deliver(batchOf()), DONE);
  assert.equal([calls(), lines], [0, []]);
});

test('a message that SNS does not take is asked for again from its first record on, and the others are sent', async () => {
  const world = setUp({ entry: (subject) => subject.includes('us-east-1') });
  const batch = feedOf([
    failure(stream(1)),
    chain([requested('r1')], stream(9))[0] as RecordedEvent,
    failure(stream(2, 'us-east-1')),
    failure(stream(3, 'us-east-1')),
  ]);
  const answer = await world.deliver(batch);
  assert.equal(answer, from(2));
  assert.is(world.sns.messages.length, 1);
  assert.equal(world.errors(), ['an alert could not be sent']);

  world.failing = {};
  assert.equal(await world.deliver(rest(batch, answer)), DONE);
  assert.equal(
    world.sns.messages.map(({ subject }) => subject?.split(' ').at(-1)),
    ['eu-west-1', 'us-east-1'],
  );
});

for (const [what, heard, unheard] of [
  ['another class', { ...THROTTLED }, {}],
  ['another prospect', { ...THROTTLED, retryAt: at(5) }, { ...THROTTLED }],
] as const) {
  test(`of two failures of one resource with ${what} only the one that was not heard is asked for again`, async () => {
    let entries = 0;
    const { deliver } = setUp({ entry: () => ++entries === 2 });
    const [first, second] = chain([failed('f1', heard), failed('f2', { ...unheard, attempt: 2 })], stream(1));
    assert.ok(first && second);
    assert.equal(await deliver(feedOf([first, second])), from(1));
  });
}

test('two codes of one class are one message, which lists both', async () => {
  const { deliver, sns } = setUp();
  await deliver(feedOf([failure(stream(1)), failure(stream(2), { code: 'AuthFailure' })]));
  assert.is(sns.messages.length, 1);
  const { message = '' } = sns.messages[0] ?? {};
  for (const code of ['UnauthorizedOperation', 'AuthFailure'])
    assert.match(message, `${code} (denied), 1 of 2`);
});

test('ten thousand failures in ten minutes are one message, and one summary with the count of the others', async () => {
  const world = setUp();
  for (let batch = 0; batch < 100; batch++) {
    const failures = Array.from({ length: 100 }, (_, n) => failure(stream(batch * 100 + n)));
    // Each batch meets a function that has just started and remembers nothing.
    assert.equal(await world.coldStart()(feedOf(failures)), DONE);
    await world.close();
    world.wait(6);
  }
  assert.equal(world.subjects(), [
    'tagledger: 100 resources not tagged: UnauthorizedOperation in 111122223333 eu-west-1',
  ]);
  world.wait(5 * 60);
  await world.close();
  await world.close();
  assert.equal(world.subjects().slice(1), [
    'tagledger: 9900 more failures to tag (denied) in 111122223333 eu-west-1',
  ]);
  assert.match(
    world.sns.messages[1]?.message ?? '',
    `9900 more failures to tag (denied) in 111122223333 eu-west-1 since ${NOW.toISOString()}`,
  );
  const counted = world.cloudwatch.metrics.reduce((sum, { datum }) => sum + (datum.Value ?? 0), 0);
  assert.is(counted, 10_000);
  world.wait(24 * 3600);
  await world.close();
  assert.is(world.sns.messages.length, 2);
});

test('a storm of one class does not keep another class, account or Region from being heard', async () => {
  const { deliver, subjects } = setUp();
  await deliver(feedOf([failure(stream(1))]));
  await deliver(feedOf([failure(stream(2)), failure(stream(3), THROTTLED), failure(stream(4, 'us-east-1'))]));
  assert.equal(
    subjects().map((subject) => subject?.replace(/.*tagged: /, '')),
    [
      'UnauthorizedOperation in 111122223333 eu-west-1',
      'RequestLimitExceeded in 111122223333 eu-west-1',
      'UnauthorizedOperation in 111122223333 us-east-1',
    ],
  );
});

test('a failure after the quiet period is told, with the count of those in it', async () => {
  const world = setUp();
  for (const n of [1, 2, 3]) await world.deliver(feedOf([failure(stream(n))]));
  world.wait(15 * 60);
  await world.deliver(feedOf([failure(stream(4))]));
  assert.is(world.sns.messages.length, 2);
  assert.match(world.sns.messages[1]?.message ?? '', 'Before that: 2 more failures');
  world.wait(15 * 60);
  await world.close();
  assert.is(world.sns.messages.length, 2);
});

test('a message that SNS did not take releases its period: the redelivered batch is told, and not counted as muted', async () => {
  const world = setUp({ sns: () => true });
  const batch = feedOf([failure(stream(1))]);
  assert.equal(await world.deliver(batch), from(0));
  assert.equal([world.sns.messages.length, world.counts.AlertsSent], [0, 0]);
  world.failing = {};
  assert.equal(await world.deliver(batch), DONE);
  assert.is(world.sns.messages.length, 1);
  world.wait(15 * 60);
  await world.close();
  assert.is(world.sns.messages.length, 1);
});

test('when the memo store fails nothing is sent, and the batch is asked for again', async () => {
  const world = setUp({ swap: (key) => key.includes('throttled') });
  const batch = feedOf([failure(stream(1)), failure(stream(2), THROTTLED)]);
  assert.equal(await world.deliver(batch), from(1));
  assert.is(world.sns.messages.length, 1);
  assert.equal(world.errors(), ['an alert could not be sent']);
});

test('a call whose resources are not known is told once in its quiet period, and counted', async () => {
  const { deliver, sns, cloudwatch } = setUp();
  const gap = (n: number) =>
    chain(
      [gapFound(`g${n}`)],
      stream(n).replace('instance/i-', `${GAP_TYPE}/`) as ResourceArn,
    )[0] as RecordedEvent;
  assert.equal(await deliver(feedOf([gap(1), gap(2)])), DONE);
  assert.equal(await deliver(feedOf([gap(3)])), DONE);
  assert.equal(
    sns.messages.map(({ subject }) => subject),
    ['tagledger: 2 calls with unknown resources: RunInstances in 111122223333 eu-west-1'],
  );
  assert.equal(
    cloudwatch.metrics.map(({ datum }) => [datum.MetricName, datum.Value]),
    [
      ['GapsFound', 2],
      ['GapsFound', 1],
    ],
  );
});

test('when CloudWatch fails that is logged, and the batch is not asked for again', async () => {
  const { deliver, sns, errors } = setUp({ cloudwatch: true });
  assert.equal(await deliver(feedOf([failure(stream(1))])), DONE);
  assert.is(sns.messages.length, 1);
  assert.equal(errors(), ['failures could not be counted in CloudWatch']);
});

test('records that cannot be read, or say that an event was changed, are left to project', async () => {
  const { deliver, calls } = setUp();
  const changed = failure(stream(1));
  const batch = batchOf(unreadable(failure(stream(2))), tampered(changed, changed));
  assert.equal(await deliver(batch), DONE);
  assert.is(calls(), 0);
});

test.run();
