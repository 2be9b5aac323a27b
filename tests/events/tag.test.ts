import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sortedTags } from '../../src/events/tag.ts';
import { tags } from '../support/events.ts';

const test = suite('tags');

const CASES: readonly (readonly [what: string, given: string, sorted: string])[] = [
  ['are sorted by key, capitals first', 'b=1 a=2 B=3', 'B=3 a=2 b=1'],
  ['keep the last of two values for a key', 'a=1 b=2 a=3', 'a=3 b=2'],
  ['keep keys apart that differ in case', 'owner=a Owner=b', 'Owner=b owner=a'],
  ['keep empty values', 'a=', 'a='],
  ['may be called like members of every object', 'constructor=1 __proto__=2', '__proto__=2 constructor=1'],
  ['may be none', '', ''],
];
for (const [what, given, sorted] of CASES) {
  test(`tags ${what}`, () => assert.equal(sortedTags(tags(given)), tags(sorted)));
}

test('keys are sorted by UTF-16 code units, as canonical JSON sorts them', () => {
  const keys = ['\uffff', '\u{10000}', 'é', 'z'];
  const sorted = sortedTags(keys.map((key) => ({ key, value: '' }))).map(({ key }) => key);
  assert.equal(sorted, ['z', 'é', '\u{10000}', '\uffff']);
});

test('what was given is left as it was, and nothing but key and value is taken over', () => {
  const given = [
    { key: 'b', value: '1', propagate: true },
    { key: 'a', value: '2' },
  ];
  assert.equal(sortedTags(given), tags('a=2 b=1'));
  assert.is(given[0]?.key, 'b');
});

test.run();
