import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tamperNotices } from '../../src/alerts/notices/tamper-notice.ts';
import { type Tampering, tamperingOf } from '../../src/alerts/tampering.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { chain, requested, STREAM, streamOf, tags } from '../support/events.ts';
import { tampered } from '../support/feed-records.ts';

const test = suite('tampering');

const [BEFORE] = chain([requested('r1')]) as [RecordedEvent];
const [AFTER] = chain([requested('r1', { tags: tags('Owner=salary-band-7') })]) as [RecordedEvent];

const changed = tampered(BEFORE, AFTER).tampering;
const removed = tampered(BEFORE).tampering;

test('a changed event is told with its hash before and after, and the names of what differs', () => {
  assert.equal(changed, {
    stream: STREAM,
    seq: '1',
    what: 'changed',
    at: '2026-03-31T20:00:05.000Z',
    before: { type: 'TagRequested', eventId: 'r1', hash: BEFORE.hash },
    after: { type: 'TagRequested', eventId: 'r1', hash: AFTER.hash },
    differs: ['body', 'hash'],
  });
});

test('a removed event is told as it was', () => {
  assert.equal(removed, {
    stream: STREAM,
    seq: '1',
    what: 'removed',
    at: '2026-03-31T20:00:05.000Z',
    before: { type: 'TagRequested', eventId: 'r1', hash: BEFORE.hash },
    differs: [],
  });
});

test('what time to live removed is told as DynamoDB’s doing', () => {
  const userIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };
  assert.is(tamperingOf({ eventName: 'REMOVE', userIdentity }).by, 'dynamodb.amazonaws.com');
});

test('a record without images, keys or anything is told as well as it can be', () => {
  for (const record of [{ eventName: 'MODIFY' }, { eventName: 'REMOVE', dynamodb: {} }, {}] as Parameters<
    typeof tamperingOf
  >[0][]) {
    const { stream, seq, before } = tamperingOf(record);
    assert.equal([stream, seq, before.type, before.hash], ['unknown', 'unknown', 'unknown', 'unknown']);
  }
});

test('an alert in full', () => {
  const [{ notice }] = tamperNotices([changed, removed]) as [ReturnType<typeof tamperNotices>[number]];
  assert.equal(notice.alert, {
    subject: 'tagledger: TAMPERING: 2 recorded events of i-0a1b2c3d4e5f60718 changed or removed',
    message: `2 recorded events changed or removed in the ledger's table. tagledger only ever adds events: somebody or something else did this.

Events (2 of 2):
  event 1 of ${STREAM} was changed at about 2026-03-31T20:00:05.000Z
    type     TagRequested
    eventId  r1
    hash     ${BEFORE.hash}, now ${AFTER.hash}
    differs  body, hash
    by       DynamoDB does not say: it names only itself
  event 1 of ${STREAM} was removed at about 2026-03-31T20:00:05.000Z
    type     TagRequested
    eventId  r1
    hash     ${BEFORE.hash}
    by       DynamoDB does not say: it names only itself

What to do:
  1. Find out who: look for UpdateItem, PutItem, DeleteItem and the like in CloudTrail, if a trail records data events
     of the table, and for time to live on the table, which must be off.
  2. Take away their right to write. Only the functions of tagledger need it, and they only need PutItem.
  3. Restore the table to the moment before, beside the one that is there, and compare: docs/restore.md.

Look further:
  tagledger history ${STREAM}
  tagledger state ${STREAM}`,
  });
});

test('no tag value is in an alert', () => {
  assert.not.match(JSON.stringify(tamperNotices([changed])), 'salary-band-7');
});

const of = (count: number): Tampering[] =>
  Array.from({ length: count }, (_, n) => ({ ...removed, stream: streamOf(`i-${n}`) }));

test('each resource is told of on its own, and many of a batch in one message', () => {
  for (const [count, notices] of [
    [1, 1],
    [10, 10],
    [11, 1],
    [3_000, 1],
  ] as const) {
    const told = tamperNotices(of(count));
    assert.is(told.length, notices);
    assert.is(new Set(told.map(({ notice }) => notice.key)).size, notices);
    assert.is(
      told.reduce((sum, { notice }) => sum + notice.count, 0),
      count,
    );
  }
  const [{ notice }] = tamperNotices(of(3_000)) as [ReturnType<typeof tamperNotices>[number]];
  assert.is(
    notice.alert.subject,
    'tagledger: TAMPERING: 3000 recorded events of 3000 resources changed or removed',
  );
  assert.match(notice.alert.message, 'Events (10 of 3000):');
  assert.ok(notice.alert.message.length < 10_000);
});

test('whatever stands in a record, an alert has a subject that SNS takes and no lines of its making', () => {
  const calm = tamperNotices([changed])[0]?.notice.alert.message.split('\n').length;
  for (const text of ['X\nBcc: all', 'X\u001b[31mY', 'X\u202eY\u2028Z', 'X'.repeat(100_000)]) {
    const face = { type: text, eventId: text, hash: text };
    const hostile: Tampering = {
      ...changed,
      stream: text,
      seq: text,
      before: face,
      after: face,
      differs: [text],
      by: text,
    };
    const { subject = '', message = '' } = tamperNotices([hostile])[0]?.notice.alert ?? {};
    assert.match(subject, /^[ -~]{1,99}$/);
    assert.is(message.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).length, calm);
    assert.not(/[^\P{C}\n]/u.test(message));
    assert.ok(message.length < 10_000);
  }
});

test.run();
