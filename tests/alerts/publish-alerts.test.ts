import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Alert } from '../../src/alerts/notices/alert-text.ts';
import { publishAlerts } from '../../src/alerts/publish-alerts.ts';
import { type SimulatedSnsOptions, simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';

const test = suite('publish alerts');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';

const alerts = (count: number, bytes = 10): Alert[] =>
  Array.from({ length: count }, (_, n) => ({ subject: `alert ${n}`, message: 'x'.repeat(bytes) }));

/** SNS, and how many messages were in each call. */
const setUp = (options: SimulatedSnsOptions = {}) => {
  const calls: number[] = [];
  const sns = simulatedSns({
    ...options,
    fault: (command) => {
      calls.push(
        command instanceof PublishCommand ? 1 : (command.input.PublishBatchRequestEntries?.length ?? 0),
      );
      return options.fault?.(command);
    },
  });
  return { sns, calls };
};

test('no alerts are no call, and one is a plain message', async () => {
  const { sns, calls } = setUp({
    fault: (command) => (command instanceof PublishBatchCommand ? new Error() : undefined),
  });
  assert.equal(await publishAlerts(sns, TOPIC, []), []);
  assert.equal(await publishAlerts(sns, TOPIC, alerts(1)), [undefined]);
  assert.equal(calls, [1]);
  assert.equal([sns.messages[0]?.subject, sns.messages[0]?.message], ['alert 0', 'xxxxxxxxxx']);
});

for (const [count, expected] of [
  [2, [2]],
  [10, [10]],
  [11, [10, 1]],
  [25, [10, 10, 5]],
] as const) {
  test(`${count} alerts are calls of ${expected.join(' and ')}, and each arrives once`, async () => {
    const { sns, calls } = setUp();
    const problems = await publishAlerts(sns, TOPIC, alerts(count));
    assert.equal(problems, Array(count).fill(undefined));
    assert.equal(calls, expected);
    assert.equal(
      sns.messages.map(({ subject }) => subject),
      alerts(count).map(({ subject }) => subject),
    );
  });
}

test('a call holds no more than 256 KB', async () => {
  const { sns, calls } = setUp();
  const problems = await publishAlerts(sns, TOPIC, alerts(5, 100 * 1024));
  assert.equal(problems, Array(5).fill(undefined));
  assert.equal(calls, [2, 2, 1]);
});

test('of a batch that SNS takes in part, the others are told apart, with SNS’s reason', async () => {
  const { sns } = setUp({ failEntry: ({ Subject }) => Subject === 'alert 1' });
  const problems = await publishAlerts(sns, TOPIC, alerts(3));
  assert.equal(
    problems.map((problem) => problem?.message),
    [undefined, 'SNS did not take the message: InternalError Internal error', undefined],
  );
  assert.is(sns.messages.length, 2);
});

test('a call that fails is a problem of its own messages only', async () => {
  let calls = 0;
  const lost = new Error('socket hang up');
  const { sns } = setUp({ fault: () => (calls++ === 0 ? lost : undefined) });
  const problems = await publishAlerts(sns, TOPIC, alerts(12));
  assert.equal(problems, [...Array(10).fill(lost), undefined, undefined]);
});

test('an answer that does not name a message is no promise that it was taken', async () => {
  const send = (async () => ({ $metadata: {} })) as never;
  const problems = await publishAlerts({ send }, TOPIC, alerts(2));
  assert.equal(
    problems.map((problem) => problem?.message),
    Array(2).fill('SNS did not take the message: no reason given'),
  );
});

test.run();
