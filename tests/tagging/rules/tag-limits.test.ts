import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fitValue, keyProblem, TAG_LIMITS } from '../../../src/tagging/rules/tag-limits.ts';

const test = suite('tag limits');

/** Two UTF-16 units, one character. */
const EMOJI = '\u{1f600}';

test('the limits are those of EC2', () => {
  assert.equal(TAG_LIMITS, { keyLength: 127, valueLength: 256, tagsPerResource: 50 });
});

test('a key has 1 to 127 characters', () => {
  assert.is(keyProblem('k'), undefined);
  assert.is(keyProblem('k'.repeat(127)), undefined);
  assert.match(keyProblem('k'.repeat(128)) ?? '', /has 128 characters: EC2 takes at most 127/);
  assert.match(keyProblem('') ?? '', 'is empty');
});

test('aws: is for AWS alone, in any case, at the beginning', () => {
  for (const key of ['aws:', 'aws:name', 'AWS:name', 'Aws:Name']) {
    assert.match(keyProblem(key) ?? '', 'begins with "aws:"', key);
  }
  for (const key of ['aws', 'awsname', 'my-aws:name', ' aws:name'])
    assert.is(keyProblem(key), undefined, key);
});

test('a key may hold any characters, but no half ones', () => {
  for (const key of ['Kostenträger', EMOJI, '__proto__', ' ', 'a/b:c=d@e'])
    assert.is(keyProblem(key), undefined, key);
  for (const key of ['\ud83d', 'a\ude00', '\ude00\ud83d'])
    assert.match(keyProblem(key) ?? '', 'lone surrogate');
});

test('a value of up to 256 units is taken as it is, a longer one is cut', () => {
  for (const length of [0, 1, 255, 256]) assert.is(fitValue('v'.repeat(length)), 'v'.repeat(length));
  for (const length of [257, 1_000]) assert.is(fitValue('v'.repeat(length)), 'v'.repeat(256));
});

test('no surrogate pair is cut in two', () => {
  for (const [before, expected] of [
    [254, `${'v'.repeat(254)}${EMOJI}`],
    [255, 'v'.repeat(255)],
    [256, 'v'.repeat(256)],
  ] as const) {
    assert.is(fitValue(`${'v'.repeat(before)}${EMOJI}more`), expected);
  }
  assert.is(fitValue(EMOJI.repeat(200)), EMOJI.repeat(128));
});

test('a lone surrogate is replaced, also at the cut', () => {
  assert.is(fitValue('a\ud83db'), 'a\ufffdb');
  assert.is(fitValue(`${'v'.repeat(255)}\ud83d`), `${'v'.repeat(255)}\ufffd`);
  assert.is(fitValue(`${'v'.repeat(255)}\ud83dmore`), `${'v'.repeat(255)}\ufffd`);
});

test.run();
