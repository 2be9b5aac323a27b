import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { groupBy } from '../../src/shared/collections.ts';

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

test.run();
