import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchResponse, readBatch } from '../../../src/handlers/runtime/feed-batch.ts';
import { chain, ONE_OF_EACH } from '../../support/events.ts';
import { DONE, feedOf, feedRecord, from, unreadableRecord } from '../../support/feed-records.ts';

const test = suite('the change feed');

const EVENTS = chain(ONE_OF_EACH);
const [FIRST, SECOND] = EVENTS;
assert.ok(FIRST && SECOND);

test('every type of event comes out of Lambda’s JSON as it was recorded', () => {
  const { Records } = JSON.parse(JSON.stringify(feedOf(EVENTS)));
  assert.equal(readBatch(Records), {
    arrivals: EVENTS.map((recorded, index) => ({ index, recorded })),
    unreadable: [],
    tampered: [],
  });
});

test('what cannot be read is told apart, with its index and the place of the event', () => {
  const { arrivals, unreadable } = readBatch([feedRecord(FIRST, 0), unreadableRecord(SECOND, 1)]);
  assert.equal(
    arrivals.map(({ index }) => index),
    [0],
  );
  assert.equal(
    unreadable.map(({ index, error }) => [index, error.name, error.stream, error.seq]),
    [[1, 'UnreadableEventError', SECOND.stream, 2]],
  );
});

test('a record without an image, or without anything, is unreadable and not a crash', () => {
  const { dynamodb: _, ...empty } = feedRecord(FIRST);
  for (const record of [empty, { ...empty, dynamodb: {} }, { ...empty, dynamodb: { NewImage: {} } }]) {
    assert.is(readBatch([record]).unreadable.length, 1);
  }
});

test('a record without an image is named by its keys', () => {
  const record = feedRecord(FIRST);
  const { NewImage: _, ...dynamodb } = record.dynamodb ?? {};
  const [found] = readBatch([{ ...record, dynamodb }]).unreadable;
  assert.equal([found?.error.stream, found?.error.seq], [FIRST.stream, 1]);
});

test('an item whose bytes were changed on their way is unreadable', () => {
  const record = feedRecord(FIRST);
  const image = record.dynamodb?.NewImage ?? {};
  for (const changed of [
    { ...image, body: { S: FIRST.body.replace('ada', 'eve') } },
    { ...image, hash: { B: Buffer.alloc(32).toString('base64') } },
    { ...image, hash: { B: 'AAAA' } },
    { ...image, seq: { N: '2' } },
    { ...image, stream: { S: `${FIRST.stream}0` } },
  ]) {
    const batch = readBatch([{ ...record, dynamodb: { NewImage: changed } }]);
    assert.equal([batch.arrivals.length, batch.unreadable.length], [0, 1]);
  }
});

test('records that change or remove an event are tampering, readable or not', () => {
  const records = (['MODIFY', 'REMOVE'] as const).map((eventName) => ({ ...feedRecord(FIRST), eventName }));
  assert.equal(readBatch(records), { arrivals: [], unreadable: [], tampered: records });
});

const { Records: RECORDS } = feedOf(EVENTS);

test('nothing failed, nothing is reported: an empty list, never a missing one', () => {
  assert.equal(batchResponse(RECORDS, []), DONE);
  assert.equal(batchResponse([], new Set()), DONE);
});

test('of many that failed the first in the batch is reported, and it alone', () => {
  assert.equal(batchResponse(RECORDS, [3, 1, 4]), from(1));
  assert.equal(batchResponse(RECORDS, new Set([4, 0])), from(0));
});

test('the key of an entry is the one that Lambda looks for', () => {
  assert.equal(Object.keys(batchResponse(RECORDS, [0])), ['batchItemFailures']);
  assert.equal(Object.keys(batchResponse(RECORDS, [0]).batchItemFailures[0] ?? {}), ['itemIdentifier']);
});

test('a record without its sequence number fails the whole batch, and never passes it', () => {
  const whole = { batchItemFailures: [{ itemIdentifier: '' }] };
  const [record] = RECORDS;
  assert.ok(record);
  const { SequenceNumber: _, ...dynamodb } = record.dynamodb ?? {};
  assert.equal(batchResponse([{ ...record, dynamodb }], [0]), whole);
  assert.equal(batchResponse([{ eventName: 'INSERT' }], [0]), whole);
});

test.run();
