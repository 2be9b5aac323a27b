import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, nearest } from '../../src/shared/did-you-mean.ts';

const test = suite('a value that was probably meant');

for (const [got, known, expected] of [
  ['instnce', ['volume', 'instance'], 'instance'],
  ['lsit', ['list', 'plan'], 'list'],
  [
    'transit-gatway-atachmnt',
    ['transit-gateway-attachment', 'transit-gateway'],
    'transit-gateway-attachment',
  ],
  ['completion', ['compliance', 'consume'], undefined],
  ['-o', ['--help', '--format'], undefined],
  ['yaml', ['text', 'json'], undefined],
  ['anything', [], undefined],
] as const) {
  test(`of ${known.join(', ') || 'nothing'} "${got}" is ${expected ?? 'near none'}`, () => {
    assert.is(nearest(got, known), expected);
  });
}

test('the value that is near is suggested, and others are listed while they are few', () => {
  assert.is(didYouMean('jsn', ['text', 'json']), 'did you mean "json"?');
  assert.is(didYouMean('yaml', ['text', 'json']), 'the known ones are "text", "json"');
  assert.is(didYouMean('x', ['who.name'], { shown: (name) => `{${name}}` }), 'the known ones are {who.name}');
});

test('of many values the sentence says how to see them, or names some', () => {
  const many = Array.from({ length: 80 }, (_, n) => `known-value-${n}`);
  assert.is(didYouMean('x', many, { all: 'type `tagledger coverage`' }), 'type `tagledger coverage`');
  assert.is(didYouMean('x', many), '80 are known, such as "known-value-0", "known-value-1", "known-value-2"');
});

test.run();
