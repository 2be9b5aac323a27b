import type { PublishCommand } from '@aws-sdk/client-sns';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { alert } from '../../src/handlers/alert.ts';
import { simulatedCloudWatch } from '../../src/local/simulated-cloudwatch.ts';
import { simulatedSns } from '../../src/local/simulated-sns.ts';
import {
  applied,
  at,
  chain,
  failed,
  NOW,
  observed,
  requested,
  retired,
  streamOf,
} from '../events/sample-events.ts';
import { GONE, remembering } from './doubles.ts';
import { DONE, feedOf, from, rest, unreadableRecord } from './feed-records.ts';

const test = suite('alert');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** The handler with a topic and CloudWatch; what is told in `failing` makes SNS or CloudWatch fail. */
const setUp = (failing: { sns?: (subject: string, call: number) => boolean; cloudwatch?: boolean } = {}) => {
  const world = { failing };
  let calls = 0;
  const sns = simulatedSns({
    topics: [TOPIC],
    fault: ({ input }: PublishCommand) => {
      calls += 1;
      return world.failing.sns?.(input.Subject ?? '', calls) ? GONE : undefined;
    },
  });
  const cloudwatch = simulatedCloudWatch({
    now: () => NOW.getTime(),
    fault: () => {
      calls += 1;
      return world.failing.cloudwatch ? GONE : undefined;
    },
  });
  const seen = remembering();
  return Object.assign(world, {
    ...seen,
    sns,
    cloudwatch,
    calls: () => calls,
    deliver: alert({ sns, topicArn: TOPIC, cloudwatch, now: () => NOW, observer: seen.observer }),
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

test('failures with the same code, account, Region and prospect are one message; all others are their own', async () => {
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
  assert.equal(await deliver({ Records: [] }), DONE);
  assert.equal([calls(), lines], [0, []]);
});

test('a message that SNS does not take is asked for again from its first record on, and the others are sent', async () => {
  const world = setUp({ sns: (subject) => subject.includes('us-east-1') });
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
  ['another code', { ...THROTTLED }, {}],
  ['another prospect', { ...THROTTLED, retryAt: at(5) }, { ...THROTTLED }],
] as const) {
  test(`of two failures of one resource with ${what} only the one that was not heard is asked for again`, async () => {
    const { deliver } = setUp({ sns: (_, call) => call === 2 });
    const [first, second] = chain([failed('f1', heard), failed('f2', { ...unheard, attempt: 2 })], stream(1));
    assert.ok(first && second);
    assert.equal(await deliver(feedOf([first, second])), from(1));
  });
}

test('when CloudWatch fails that is logged, and the batch is not asked for again', async () => {
  const { deliver, sns, errors } = setUp({ cloudwatch: true });
  assert.equal(await deliver(feedOf([failure(stream(1))])), DONE);
  assert.is(sns.messages.length, 1);
  assert.equal(errors(), ['failures could not be counted in CloudWatch']);
});

test('records that cannot be read, or say that an event was changed, are left to project', async () => {
  const { deliver, calls } = setUp();
  const [record] = feedOf([failure(stream(1))]).Records;
  assert.ok(record);
  const Records = [unreadableRecord(failure(stream(2)), 0), { ...record, eventName: 'MODIFY' as const }];
  assert.equal(await deliver({ Records }), DONE);
  assert.is(calls(), 0);
});

test.run();
