import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type FailureIncident, incidentsOf } from '../../../src/alerts/incident.ts';
import type { Alert } from '../../../src/alerts/notices/alert-text.ts';
import { failureAlert } from '../../../src/alerts/notices/failure-alert.ts';
import { type FailureClass, FailureClassSchema, type TagFailed } from '../../../src/events/tag-event.ts';
import { failureOf, streamOf } from '../../support/failures.ts';

const test = suite('failure alert');

const THROTTLED = { code: 'RequestLimitExceeded', class: 'throttled' } as const;

/** `count` resources of one account and Region, `i-0` and so on. */
const streams = (count: number) => Array.from({ length: count }, (_, n) => streamOf(`i-${n}`));

/** The alert of some resources that failed in the same way. */
const alertFor = (more: Partial<TagFailed> = {}, count = 1): Alert => {
  const [incident, ...others] = incidentsOf(streams(count).map((stream) => failureOf(stream, more)));
  assert.equal(others, []);
  return failureAlert(incident as FailureIncident);
};

test('a final failure in full', () => {
  assert.equal(alertFor({}, 2), {
    subject: 'tagledger: 2 resources not tagged: UnauthorizedOperation in 111122223333 eu-west-1',
    message: `2 resources in account 111122223333, Region eu-west-1, could not be tagged.

Error:      UnauthorizedOperation (denied)
EC2 says:   You are not authorized to perform this operation.
What next:  no further attempt will be made
What to do: The tagging role is not allowed to tag this resource. Look for a missing ec2:CreateTags, a service control policy, a tag policy, or a condition on tags in the role of tagledger.

Resources (2 of 2):
  arn:aws:ec2:eu-west-1:111122223333:instance/i-0
  arn:aws:ec2:eu-west-1:111122223333:instance/i-1

Look further:
  tagledger history arn:aws:ec2:eu-west-1:111122223333:instance/i-0
  tagledger list --status failed`,
  });
});

/** The alert of one resource for each of the codes, all of the class `denied`. */
const alertOfCodes = (...codes: readonly string[]): Alert => {
  const failures = codes.map((code, n) => failureOf(streamOf(`i-${n}`), { code, message: `${code} it is` }));
  return failureAlert(incidentsOf(failures)[0] as FailureIncident);
};

test('several codes of one class are listed with their counts, the most frequent first', () => {
  const { subject, message } = alertOfCodes('AuthFailure', 'Blocked', 'AccessDenied', 'Blocked');
  assert.is(subject, 'tagledger: 4 resources not tagged: Blocked and 2 more in 111122223333 eu-west-1');
  assert.match(
    message,
    `
Error:      Blocked (denied), 2 of 4
EC2 says:   Blocked it is
Error:      AuthFailure (denied), 1 of 4
EC2 says:   AuthFailure it is
Error:      AccessDenied (denied), 1 of 4
EC2 says:   AccessDenied it is
What next:  `,
  );
});

test('at most five codes are listed, and the number of the others', () => {
  const { message } = alertOfCodes('A', 'B', 'C', 'D', 'E', 'F', 'G');
  assert.is(message.match(/^Error: /gm)?.length, 5);
  assert.match(message, '\n            and 2 other errors\nWhat next:');
});

test('a resource that failed twice is named and counted once', () => {
  const [a, b] = [streamOf('i-a'), streamOf('i-b')];
  const failures = [failureOf(a), failureOf(b), failureOf(a, { attempt: 2 }), failureOf(a)];
  const { subject, message } = failureAlert(incidentsOf(failures)[0] as FailureIncident);
  assert.match(subject, '2 resources');
  assert.match(message, 'Resources (2 of 2):');
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
