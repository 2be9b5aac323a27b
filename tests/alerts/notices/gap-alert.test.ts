import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GapIncident, incidentsOf } from '../../../src/alerts/incident.ts';
import { gapAlert } from '../../../src/alerts/notices/gap-alert.ts';
import { gapOf } from '../../support/failures.ts';

const test = suite('gap alert');

const alertFor = (...gaps: Parameters<typeof gapOf>[]) =>
  gapAlert(incidentsOf(gaps.map((gap) => gapOf(...gap)))[0] as GapIncident);

test('a call whose resources are not known, in full', () => {
  assert.equal(alertFor(['g-1']), {
    subject: 'tagledger: 1 call with unknown resources: RunInstances in 111122223333 eu-west-1',
    message: `1 call in account 111122223333, Region eu-west-1, created resources that tagledger does not know: none of them was tagged.

Calls (1 of 1):
  RunInstances by ada (arn:aws:iam::111122223333:user/ada) at 2026-03-31T12:00:00.000Z, event 7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01
    CloudTrail left out responseElements of RunInstances, which was over its size limit

What to do: Find the resources, and ask for their tags.
  1. Look at the call for its client token and its time:
       aws cloudtrail lookup-events --region eu-west-1 --lookup-attributes AttributeKey=EventId,AttributeValue=7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01
  2. Find what it created by the client token, or by the reservation:
       aws ec2 describe-instances --region eu-west-1 --filters Name=client-token,Values=TOKEN
       aws ec2 describe-instances --region eu-west-1 --filters Name=reservation-id,Values=RESERVATION
  3. Write a line for each resource into a file, and read it with \`tagledger ingest --request-tags FILE\`:
       {"resourceId":"arn:aws:ec2:eu-west-1:111122223333:instance/ID","user":"USER"}

Look further:
  tagledger history arn:aws:ec2:eu-west-1:111122223333:cloudtrail-gap/g-1
  tagledger list --status gap`,
  });
});

test('at most ten calls are listed, and the number of all', () => {
  const { subject, message } = alertFor(...Array.from({ length: 12 }, (_, n): [string] => [`g-${n}`]));
  assert.match(subject, /^tagledger: 12 calls with/);
  assert.match(message, 'Calls (10 of 12):');
  assert.is(message.match(/^ {2}RunInstances by ada/gm)?.length, 10);
});

test('neither a name nor a reason can add a line, or a character that shows as nothing', () => {
  const calm = alertFor(['g-1']).message.split('\n').length;
  for (const text of ['X\nBcc: all', 'X\u001b[31mY', 'X\u202eY\u2028Z', 'X'.repeat(100_000)]) {
    const { subject, message } = alertFor([
      'g-1',
      {
        who: { kind: 'IAMUser', name: text, arn: text },
        reason: text,
        cause: { source: 'cloudtrail', id: text, name: text },
      },
    ]);
    assert.match(subject, /^[ -~]{1,99}$/);
    assert.is(message.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).length, calm);
    assert.not(/[^\P{C}\n]/u.test(message));
    assert.ok(message.length < 5_000);
  }
});

test.run();
