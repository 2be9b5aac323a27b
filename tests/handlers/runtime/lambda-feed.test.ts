import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeRecords } from '../../../src/handlers/runtime/decode-records.ts';
import { fromLambda, lambdaFeed, toResponse } from '../../../src/handlers/runtime/lambda-feed.ts';
import { deadLetterRecord } from '../../../src/stream-consumer/dead-letter-record.ts';
import { anyFacts } from '../../support/any-event.ts';
import { rejectionOf } from '../../support/async.ts';
import { GONE } from '../../support/doubles.ts';
import { chain, ONE_OF_EACH } from '../../support/events.ts';
import { insertOf } from '../../support/fakes/streams.ts';
import { asNewer, batchOf, feedOf, tampered, unreadable } from '../../support/feed-records.ts';
import {
  lambdaEventOf,
  lambdaRecord,
  sequenceNumber,
  tamperedRecord,
  unreadableRecord,
} from '../../support/lambda-records.ts';

const test = suite('the change feed of Lambda');

const EVENTS = chain(ONE_OF_EACH);
const [FIRST, SECOND] = EVENTS;
assert.ok(FIRST && SECOND);

/** What Lambda gives a function: these records after a way through JSON. */
const delivered = (...records: readonly ReturnType<typeof lambdaRecord>[]) =>
  fromLambda(JSON.parse(JSON.stringify({ Records: records })));

test('any events come out of Lambda’s JSON, out of the SDK and out of a dead letter as they were recorded', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const events = chain(facts);
      const expected = feedOf(events);
      assert.equal(delivered(...lambdaEventOf(events).Records), expected);
      assert.equal(decodeRecords(events.map(insertOf)), expected);
      const letters = events.map((event) => deadLetterRecord(insertOf(event)));
      assert.equal(delivered(...letters), expected);
    }),
    { numRuns: 200 },
  );
});

test('every type of event does', () => {
  assert.equal(delivered(...lambdaEventOf(EVENTS).Records), feedOf(EVENTS));
});

test('tampering is the same from Lambda as from the SDK, also who did it', () => {
  const wire = {
    ...tamperedRecord(FIRST),
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  };
  assert.equal(
    delivered({ ...wire, eventID: 'r' }, { ...tamperedRecord(FIRST, SECOND), eventID: 's' }),
    batchOf(
      tampered(FIRST, undefined, { recordId: 'r', by: 'dynamodb.amazonaws.com' }),
      tampered(FIRST, SECOND, { recordId: 's' }),
    ),
  );
  const other = { ...wire, userIdentity: { PrincipalId: 'x' } as unknown as typeof wire.userIdentity };
  assert.is(delivered(other).tampered[0]?.tampering.by, 'x');
});

test('what cannot be read is told apart, with its position and the place of the event', () => {
  const { events, unreadable: found } = delivered(lambdaRecord(FIRST, 0), unreadableRecord(SECOND, 1));
  assert.equal(
    events.map(({ position }) => position),
    [0],
  );
  assert.equal(
    found.map(({ position, error }) => [position, error.name, error.stream, error.seq]),
    [[1, 'UnreadableEventError', SECOND.stream, 2]],
  );
});

test('an event of a newer version is told by the time at which it was recorded', () => {
  assert.equal(delivered(lambdaRecord(asNewer(FIRST))), batchOf(unreadable(FIRST, asNewer(FIRST))));
});

test('a record without an image, or without anything, is unreadable and not a crash', () => {
  const { dynamodb: _, ...empty } = lambdaRecord(FIRST);
  for (const record of [empty, { ...empty, dynamodb: {} }, { ...empty, dynamodb: { NewImage: {} } }]) {
    assert.is(delivered(record).unreadable.length, 1);
  }
});

test('a record without an image is named by its keys', () => {
  const record = lambdaRecord(FIRST);
  const { NewImage: _, ...dynamodb } = record.dynamodb ?? {};
  const [found] = delivered({ ...record, dynamodb }).unreadable;
  assert.equal([found?.error.stream, found?.error.seq], [FIRST.stream, 1]);
});

for (const [what, change] of [
  ['another body', { body: { S: FIRST.body.replace('ada', 'eve') } }],
  ['no body', { body: undefined }],
  ['a body of an unknown kind', { body: { X: '?' } }],
  ['another hash', { hash: { B: Buffer.alloc(32).toString('base64') } }],
  ['a hash that is too short', { hash: { B: 'AAAA' } }],
  ['another place', { seq: { N: '2' } }],
  ['a place that no program can hold', { seq: { N: '123456789012345678901234567890' } }],
  ['another stream', { stream: { S: `${FIRST.stream}0` } }],
] as const) {
  test(`an item that has ${what} than was recorded is unreadable`, () => {
    const record = lambdaRecord(FIRST);
    const NewImage = { ...record.dynamodb?.NewImage, ...change };
    const batch = delivered({ ...record, dynamodb: { NewImage } } as typeof record);
    assert.equal([batch.events.length, batch.unreadable.length], [0, 1]);
  });
}

test('records that change or remove an event are tampering, readable or not, and so is one of no known kind', () => {
  const records = ['MODIFY', 'REMOVE', undefined].map(
    (eventName) => ({ ...lambdaRecord(FIRST), eventName }) as ReturnType<typeof lambdaRecord>,
  );
  const batch = delivered(...records);
  assert.equal(
    [
      batch.events,
      batch.unreadable,
      batch.tampered.map(({ position, tampering }) => [position, tampering.what]),
    ],
    [
      [],
      [],
      [
        [0, 'changed'],
        [1, 'removed'],
        [2, 'changed'],
      ],
    ],
  );
});

const EVENT = lambdaEventOf(EVENTS);
const reported = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber(index) }] });

test('nothing to retry, nothing is reported: an empty list, never a missing one', () => {
  assert.equal(toResponse(EVENT, new Set()), { batchItemFailures: [] });
  assert.equal(toResponse({ Records: [] }, new Set()), { batchItemFailures: [] });
});

test('of many to retry the first in the batch is reported, and it alone', () => {
  assert.equal(toResponse(EVENT, new Set([3, 1, 4])), reported(1));
  assert.equal(toResponse(EVENT, new Set([4, 0])), reported(0));
});

test('a record without its sequence number fails the whole batch, and never passes it', () => {
  const whole = { batchItemFailures: [{ itemIdentifier: '' }] };
  const { SequenceNumber: _, ...dynamodb } = lambdaRecord(FIRST).dynamodb ?? {};
  const record = { ...lambdaRecord(FIRST), dynamodb };
  assert.equal(toResponse({ Records: [record] }, new Set([0])), whole);
  assert.equal(toResponse({ Records: [{ eventName: 'INSERT' }] }, new Set([0])), whole);
});

test('a function gives its consumer the batch and Lambda’s clock, and Lambda the checkpoint', async () => {
  const given: unknown[] = [];
  const run = lambdaFeed(async (batch, { remainingMs }) => {
    given.push(batch, remainingMs());
    return new Set([2, 1]);
  });
  assert.equal(await run(EVENT, () => 4_321), reported(1));
  assert.equal(given, [feedOf(EVENTS), 4_321]);
  assert.is(await rejectionOf(lambdaFeed(() => Promise.reject(GONE))(EVENT, () => 1)), GONE);
});

test.run();
