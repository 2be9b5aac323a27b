import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arnOf } from '../../../src/events/resource-arn.ts';
import { decodeCursor, encodeCursor } from '../../../src/handlers/query/cursor.ts';

const test = suite('cursors of pages');

const place = {
  asOf: '2026-03-31T23:59:59.999Z',
  knownAt: '2026-04-01T00:00:00.000Z',
  policy: 'p',
  after: arnOf({ account: '111122223333', region: 'eu-west-1', type: 'instance', id: 'i-01' }),
};

test('a cursor gives back the place that it was made of', () => {
  assert.equal(decodeCursor('question', encodeCursor('question', place)), place);
});

for (const forged of [{ asOf: 'banana' }, { asOf: '' }, { knownAt: 'zzz' }]) {
  test(`F16: a cursor with ${JSON.stringify(forged)} is refused, although its digest fits`, () => {
    const cursor = encodeCursor('question', { ...place, ...forged });
    assert.throws(() => decodeCursor('question', cursor), 'This cursor does not belong to this question.');
  });
}

test.run();
