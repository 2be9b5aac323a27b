import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Alert, alertOf, type Incident, incidentsOf } from '../../src/alerts/failure-alert.ts';
import { type FailureClass, FailureClassSchema, type TagFailed } from '../../src/events/tag-event.ts';
import { failureOf, streamOf } from './failures.ts';

const test = suite('failure alert');

const THROTTLED = { code: 'RequestLimitExceeded', class: 'throttled' } as const;

/** `count` resources of one account and Region, `i-0` and so on. */
const streams = (count: number) => Array.from({ length: count }, (_, n) => streamOf(`i-${n}`));

/** The alert of some resources that failed in the same way. */
const alertFor = (more: Partial<TagFailed> = {}, count = 1): Alert => {
  const [incident, ...others] = incidentsOf(streams(count).map((stream) => failureOf(stream, more)));
  assert.equal(others, []);
  return alertOf(incident as Incident);
};

test('no failures are no incident', () => {
  assert.equal(incidentsOf([]), []);
});

test('the same error in the same account and Region is one incident, in the words of the first failure', () => {
  const [a, b] = [streamOf('i-a'), streamOf('i-b')];
  assert.equal(incidentsOf([failureOf(a, { message: 'no a' }), failureOf(b, { message: 'no b' })]), [
    {
      code: 'UnauthorizedOperation',
      class: 'denied',
      account: '111122223333',
      region: 'eu-west-1',
      message: 'no a',
      resources: [a, b],
    },
  ]);
});

test('code, account, Region, and whether there will be another attempt, tell incidents apart, in the order in which they came', () => {
  const alone = failureOf(streamOf('i-1'));
  for (const other of [
    failureOf(streamOf('i-1'), THROTTLED),
    failureOf(streamOf('i-1', { account: '444455556666' })),
    failureOf(streamOf('i-1', { region: 'us-east-1' })),
    failureOf(streamOf('i-1'), { retryAt: '2026-03-31T12:00:30.000Z' }),
  ]) {
    const incidents = incidentsOf([other, alone, other]);
    assert.is(incidents.length, 2);
    assert.equal(incidents[0], incidentsOf([other])[0]);
    assert.equal(incidents[1], incidentsOf([alone])[0]);
  }
});

test('parts that join to the same text are still different incidents', () => {
  const codes = ['a","b', 'a', 'a"', 'a|111122223333'];
  assert.is(incidentsOf(codes.map((code) => failureOf(streamOf('i-1'), { code }))).length, codes.length);
});

test('types of resources do not tell incidents apart', () => {
  const volume = streamOf('vol-1', { type: 'volume' });
  assert.is(incidentsOf([failureOf(streamOf('i-1')), failureOf(volume)]).length, 1);
});

test('a resource that comes twice counts once', () => {
  const [a, b] = [streamOf('i-a'), streamOf('i-b')];
  const [incident] = incidentsOf([failureOf(a), failureOf(b), failureOf(a, { attempt: 2 }), failureOf(a)]);
  assert.equal(incident?.resources, [a, b]);
});

test('the earliest next attempt counts', () => {
  const at = (minute: number) => `2026-03-31T12:0${minute}:00.000Z`;
  for (const minutes of [
    [3, 1, 2],
    [1, 2, 3],
    [2, 3, 1],
  ]) {
    const [incident] = incidentsOf(
      minutes.map((minute) => failureOf(streamOf(`i-${minute}`), { ...THROTTLED, retryAt: at(minute) })),
    );
    assert.is(incident?.retryAt, at(1));
  }
});

test('a final failure in full', () => {
  assert.equal(alertFor({}, 2), {
    subject: 'tagledger: 2 resources not tagged: UnauthorizedOperation in 111122223333 eu-west-1',
    message: `2 resources in account 111122223333, Region eu-west-1, could not be tagged.

Error:      UnauthorizedOperation (denied)
EC2 says:   You are not authorized to perform this operation.
What next:  no further attempt will be made
What to do: The tagging role may not tag this resource. Look for a missing ec2:CreateTags, a service control policy, a tag policy, or a condition on tags in the role of tagledger.

Resources (2 of 2):
  arn:aws:ec2:eu-west-1:111122223333:instance/i-0
  arn:aws:ec2:eu-west-1:111122223333:instance/i-1

Look further:
  tagledger history arn:aws:ec2:eu-west-1:111122223333:instance/i-0
  tagledger list --status failed`,
  });
});

test('one resource is in the singular', () => {
  const { subject, message } = alertFor();
  assert.match(subject, 'tagledger: 1 resource not tagged: ');
  assert.match(message, /^1 resource in account /);
  assert.match(message, '\nResources (1 of 1):\n');
});

test('of a failure with another attempt the alert says when, and lists what is retrying', () => {
  const { message } = alertFor({ ...THROTTLED, retryAt: '2026-03-31T12:00:30.000Z' });
  assert.match(message, '\nWhat next:  another attempt is due at 2026-03-31T12:00:30.000Z\n');
  assert.match(message, /\n {2}tagledger list --status retrying$/);
});

test('at most ten resources are named, and the number of all', () => {
  for (const [count, named] of [
    [9, 9],
    [10, 10],
    [11, 10],
    [1_000, 10],
  ] as const) {
    const { subject, message } = alertFor({}, count);
    assert.match(subject, `tagledger: ${count} resources not tagged`);
    assert.match(message, `\nResources (${named} of ${count}):\n`);
    assert.equal(
      message.split('\n').filter((line) => /^ {2}arn:/.test(line)),
      streams(named).map((arn) => `  ${arn}`),
    );
  }
});

test('there is advice of its own for every class of failure', () => {
  const advice = FailureClassSchema.options.map(
    (failureClass: FailureClass) =>
      /^What to do: (.{20,})$/m.exec(alertFor({ class: failureClass }).message)?.[1],
  );
  assert.not(advice.includes(undefined));
  assert.is(new Set(advice).size, FailureClassSchema.options.length);
});

const HOSTILE = [
  'X\nBcc: everybody@example.com',
  'X\r\n\r\nY',
  'X\0\u0007\u001b[31mY\u007f',
  'X\u{1f600}Y',
  'X\u2028Y\u2029Z\u0085',
  'X\u202eY\u200d\ufeff',
  'Kostenträger \ufffd',
  'X'.repeat(500),
  `${'X'.repeat(60)}\u{1f600}\n`,
  '',
];

test('a subject has at most 99 characters, printable ones of ASCII, and begins with our name, whatever the code', () => {
  for (const code of HOSTILE) {
    const { subject } = alertFor({ code }, 1_000);
    assert.match(subject, /^tagledger: 1000 resources not tagged: [\x20-\x7e]*$/, JSON.stringify(code));
    assert.ok(subject.length <= 99, `${subject.length} characters`);
  }
  assert.is(alertFor({ code: 'X'.repeat(500) }).subject.length, 99);
});

test('neither a code nor a message can add a line to the text, or a character that shows as nothing', () => {
  const lines = alertFor().message.split('\n').length;
  for (const text of HOSTILE) {
    const { message } = alertFor({ code: text, message: text });
    assert.is(message.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).length, lines, JSON.stringify(text));
    assert.not(/[^\P{C}\n]/u.test(message), JSON.stringify(text));
  }
});

test('a message keeps its words, in any script', () => {
  const { message } = alertFor({ message: '  Zugriff\nverweigert: Kostenträger \u{1f600}  ' });
  assert.match(message, '\nEC2 says:   Zugriff verweigert: Kostenträger \u{1f600}\n');
});

test.run();
