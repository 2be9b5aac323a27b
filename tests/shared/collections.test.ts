import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf, groupBy } from '../../src/shared/collections.ts';
import { listOf } from '../support/async.ts';

const test = suite('groups');

test('items come by key, keys and items in the order in which they came', () => {
  const groups = groupBy(new Set(['pear', 'apple', 'plum', 'avocado']), (fruit) => fruit[0]);
  assert.equal(
    [...groups],
    [
      ['p', ['pear', 'plum']],
      ['a', ['apple', 'avocado']],
    ],
  );
});

test('keys are told apart as a Map does', () => {
  assert.equal(
    [...groupBy([1, '1', Number.NaN, Number.NaN], (item) => item).values()],
    [[1], ['1'], [Number.NaN, Number.NaN]],
  );
  assert.equal([...groupBy(['__proto__'], (item) => item)], [['__proto__', ['__proto__']]]);
});

test('no items give no groups', () => assert.is(groupBy([], String).size, 0));

test('items come in full lists, and what is left in a shorter one', async () => {
  const items = async function* () {
    yield* [1, 2, 3, 4, 5];
  };
  const chunks = (size: number) => listOf(chunksOf(items(), size));
  assert.equal(await chunks(2), [[1, 2], [3, 4], [5]]);
  assert.equal(await chunks(5), [[1, 2, 3, 4, 5]]);
});

test('a full list is given out before the next item is asked for', async () => {
  let asked = 0;
  const items = async function* () {
    for (;;) yield ++asked;
  };
  for await (const chunk of chunksOf(items(), 3)) {
    assert.equal(chunk, [1, 2, 3]);
    break;
  }
  assert.is(asked, 3);
});

test.run();
