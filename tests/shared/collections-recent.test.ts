import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recentNames } from '../../src/shared/collections.ts';

const test = suite('recent');

test('the last so many names are known, older ones are forgotten', () => {
  const names = recentNames(2);
  for (const name of ['a', 'b', 'c']) names.add(name);
  assert.equal(
    ['a', 'b', 'c', 'd'].map((name) => names.has(name)),
    [false, true, true, false],
  );
});

test('a name that is added twice takes one place', () => {
  const names = recentNames(2);
  for (const name of ['a', 'b', 'b']) names.add(name);
  assert.ok(names.has('a'));
});

test.run();
