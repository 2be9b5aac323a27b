import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsIn, fromItem, keyOf, toItem } from '../../../src/adapters/dynamodb/ledger-item.ts';
import type { Item } from '../../../src/adapters/dynamodb/paging.ts';
import { columnsOf } from '../../../src/events/ledger-line.ts';
import { type RecordedEvent, UnreadableEventError } from '../../../src/events/recorded-event.ts';
import { eventIdOf } from '../../../src/events/tag-event.ts';
import { chain, LAUNCH, ONE_OF_EACH, observed, requested, STREAM, tags } from '../../support/events.ts';

const test = suite('the item of an event');

for (const recorded of chain(ONE_OF_EACH)) {
  test(`a ${recorded.event.type} comes back from its item as it was recorded`, () =>
    assert.equal(fromItem(toItem(recorded)), recorded));
}

const [FIRST, SECOND] = chain([requested('r1'), observed('o1')]) as [RecordedEvent, RecordedEvent];

test('the key is the stream and the seq', () => {
  assert.equal(keyOf(SECOND), { stream: { S: STREAM }, seq: { N: '2' } });
});

test('the record stands beside copies of what filters ask for', () => {
  assert.equal(toItem(SECOND), {
    stream: { S: STREAM },
    seq: { N: '2' },
    type: { S: 'TagObserved' },
    eventId: { S: 'o1' },
    recordedAt: { S: '2026-03-31T20:00:00.001Z' },
    effectiveAt: { S: '2026-03-31T12:00:00.000Z' },
    prev: { B: Buffer.from(FIRST.hash, 'hex') },
    hash: { B: Buffer.from(SECOND.hash, 'hex') },
    body: { S: SECOND.body },
  });
});

/** Bytes of an attribute value (DynamoDB developer guide, "DynamoDB item sizes and formats"). */
const valueBytes = ({ S, N, B }: AttributeValue): number => {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (B !== undefined) return B.length;
  throw new Error('the rules for this type of attribute are not written here');
};
const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

test('a typical request costs one write unit: its item has less than 1,024 bytes', () => {
  const [recorded] = chain([
    requested(eventIdOf('ask', STREAM, LAUNCH.id), {
      who: {
        name: 'ada.lovelace@example.com',
        kind: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PlatformEngineer_0123456789abcdef/ada.lovelace@example.com',
      },
      rules: '8iSAM_eOWn52Lk8j480qCw',
      tags: tags('CostCenter=4711 CreatedBy=ada.lovelace@example.com Environment=staging Owner=platform'),
      birth: { tags: tags('Name=web-frontend-1') },
    }),
  ]);
  assert.ok(recorded);
  const bytes = itemBytes(toItem(recorded));
  assert.ok(bytes > 512 && bytes < 1_024, `${bytes} bytes`);
});

const without = (name: string): Item => {
  const { [name]: _, ...rest } = toItem(SECOND);
  return rest;
};
const DAMAGED: readonly (readonly [what: string, item: Item, why: string])[] = [
  ['without a body', without('body'), 'body'],
  ['without a hash', without('hash'), 'hash'],
  ['without a prev', without('prev'), 'hash does not match'],
  ['without a seq', without('seq'), 'seq'],
  ['without a stream', without('stream'), 'stream'],
  ['with nothing in it', {}, 'stream'],
  ['with a short hash', { ...toItem(SECOND), hash: { B: Buffer.alloc(31) } }, 'hash.B: expected 32 bytes'],
  ['with its hash in hex', { ...toItem(SECOND), hash: { S: SECOND.hash } }, 'hash'],
  ['with its seq as a text', { ...toItem(SECOND), seq: { S: '2' } }, 'seq'],
  ['at seq 0', { ...toItem(SECOND), seq: { N: '0' } }, 'seq'],
  ['at a fraction of a seq', { ...toItem(SECOND), seq: { N: '2.5' } }, 'seq'],
  ['at a seq beyond 2^53', { ...toItem(SECOND), seq: { N: '9007199254740993' } }, ''],
  ['with its body as bytes', { ...toItem(SECOND), body: { B: Buffer.from(SECOND.body) } }, 'body'],
  ['with another body', { ...toItem(SECOND), body: { S: FIRST.body } }, 'hash does not match'],
  ['under another key', { ...toItem(SECOND), ...keyOf({ stream: STREAM, seq: 3 }) }, 'hash does not match'],
];
for (const [what, item, why] of DAMAGED) {
  test(`an item ${what} is refused`, () => {
    assert.throws(
      () => fromItem(item),
      (error: unknown) => error instanceof UnreadableEventError && error.message.includes(why),
    );
  });
}

test('what else stands in an item is not looked at', () => {
  const others: Item = {
    note: { S: 'x' },
    large: { N: '1E+125' },
    type: { S: 'TagForgotten' },
    future: { $unknown: ['X', 1] },
  };
  assert.equal(fromItem({ ...toItem(SECOND), ...others }), SECOND);
});

test('the first event of a stream needs no prev', () => {
  const { prev: _, ...item } = toItem(FIRST);
  assert.equal(fromItem(item), FIRST);
});

test('the columns of an item are those that it was written from', () => {
  for (const event of [FIRST, SECOND]) assert.equal(columnsIn(toItem(event)), columnsOf(event));
});

test('the columns of a damaged item are those that are of their type', () => {
  const { type: _, ...item } = toItem(SECOND);
  const { type: __, body: ___, hash: ____, ...left } = columnsOf(SECOND);
  const damaged: Item = {
    ...item,
    body: { N: '1' },
    hash: { S: SECOND.hash },
    seq: { N: '2.5' },
    prev: { B: Buffer.from('ab', 'hex') },
  };
  assert.equal(columnsIn(damaged), { ...left, seq: 2.5, prev: 'ab' });
});

test.run();
