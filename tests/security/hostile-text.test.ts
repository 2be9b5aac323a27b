import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { historyText } from '../../src/cli/views/history-text.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { alertFailures } from '../../src/handlers/project/alert-failures.ts';
import { request } from '../../src/intake/intake.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { tickingClock } from '../support/doubles.ts';
import { chain, failed, NOW, STREAM } from '../support/events.ts';
import { DONE, feedOf, MINUTE } from '../support/feed-records.ts';
import { HOSTILE, UNSEEN } from './hostile.ts';

const test = suite('hostile text');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** What telling needs, with no quiet period behind it. */
const telling = (sns: ReturnType<typeof simulatedSns>) => ({
  coordination: memoryCoordinationStore(),
  sns,
  topicArn: TOPIC,
  now: () => NOW,
  telemetry: QUIET,
  quietMs: 60_000,
});

/** The message of which these failures are the cause. SNS itself refuses a subject that is not printable ASCII. */
const messageOf = async (...failures: Parameters<typeof failed>[1][]) => {
  const sns = simulatedSns({ topics: [TOPIC] });
  const cloudwatch = simulatedCloudWatch({ now: () => NOW.getTime() });
  const events = chain(failures.map((over, i) => failed(`f${i}`, over)));
  const deliver = alertFailures({ ...telling(sns), cloudwatch });
  assert.equal(await deliver(feedOf(events), MINUTE), DONE);
  assert.is(sns.messages.length, 1);
  const [{ subject = '', message }] = sns.messages as [(typeof sns.messages)[number]];
  return { subject, message };
};

for (const [what, text] of HOSTILE) {
  test(`supports evidence for CC7.2: an error message with ${what} stays one line of an alert`, async () => {
    const calm = await messageOf({ message: 'no' });
    const { subject, message } = await messageOf({ message: text });
    assert.is(subject, calm.subject);
    assert.is(message.split('\n').length, calm.message.split('\n').length);
    assert.not.match(message.replaceAll('\n', ''), UNSEEN);
  });

  test(`supports evidence for CC7.2: an error code with ${what} makes a subject that SNS takes, and no lines`, async () => {
    const calm = await messageOf({ code: 'no' });
    const { subject, message } = await messageOf({ code: text });
    assert.match(subject, /^[ -~]{1,99}$/);
    assert.is(message.split('\n').length, calm.message.split('\n').length);
    assert.not.match(message.replaceAll('\n', ''), UNSEEN);
  });
}

test('supports evidence for CC7.2: a very long code and message make an alert that SNS takes', async () => {
  const long = 'x'.repeat(100_000);
  const { subject, message } = await messageOf({ code: long, message: long });
  assert.ok(subject.length < 100);
  assert.ok(Buffer.byteLength(message) < 256 * 1024);
});

/** What becomes of a launch by somebody with this name, of an instance that was born with this tag value. */
const launchedBy = async (text: string): Promise<RecordedEvent[]> => {
  const store = memoryStore();
  const ledger = { store, eventFormat: 1 as const, now: tickingClock('2026-04-01T12:00:00.000Z') };
  const run = request({ ledger, rules: parseTagRules('{"Owner":"{who.name}"}'), telemetry: QUIET });
  const record = launch(['i-0a1b2c3d4e5f60718'], {
    userIdentity: { type: 'IAMUser', userName: text },
    requestParameters: {
      tagSpecificationSet: { items: [{ resourceType: 'instance', tags: [{ key: 'Name', value: text }] }] },
    },
  });
  const [result] = await run([record], 'one');
  assert.is(result?.outcome, 'appended');
  return store.read(STREAM);
};

for (const [what, text] of HOSTILE) {
  test(`supports evidence for CC6.1: a name and a tag with ${what} are kept as they are and shown on one line`, async () => {
    const events = await launchedBy(text);
    const [{ event }] = events as [RecordedEvent];
    assert.ok(event.type === 'TagRequested');
    assert.equal([event.who.name, event.birth?.tags[0]?.value], [text, text]);
    const shown = historyText(events, PLAIN_TEXT);
    assert.is(shown.split('\n').length, historyText(await launchedBy('ada'), PLAIN_TEXT).split('\n').length);
    assert.not.match(shown.replaceAll('\n', ''), UNSEEN);
  });
}

test('supports evidence for CC7.2: names and tag values are in no alert of a failure, whatever they are', async () => {
  const [request1] = (await launchedBy('a name that nobody else has')) as [RecordedEvent];
  const refused = failed('f1', { request: request1.event.eventId });
  const sns = simulatedSns({ topics: [TOPIC] });
  const cloudwatch = simulatedCloudWatch({ now: () => NOW.getTime() });
  const deliver = alertFailures({ ...telling(sns), cloudwatch });
  await deliver(feedOf([...chain([request1.event, refused])]), MINUTE);
  assert.is(sns.messages.length, 1);
  assert.not.match(JSON.stringify([sns.messages, cloudwatch.metrics]), 'a name that nobody else has');
});

test('supports evidence for CC7.2: a very long name is cut to what EC2 takes as a value, and the cut is noted', async () => {
  const [{ event }] = (await launchedBy('🔥'.repeat(5_000))) as [RecordedEvent];
  assert.ok(event.type === 'TagRequested');
  assert.equal(event.tags, [{ key: 'Owner', value: '🔥'.repeat(128) }]);
  assert.equal(event.notes, [{ key: 'Owner', note: 'cut' }]);
});

test.run();
