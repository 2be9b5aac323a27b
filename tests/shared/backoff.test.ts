import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fullJitter } from '../../src/shared/backoff.ts';

const test = suite('backoff');

const almostOne = () => 1 - Number.EPSILON / 2;
const bounds = (tries: readonly number[], ...spacing: [] | [{ baseMs: number; capMs: number }]) =>
  tries.map((n) => Math.round(fullJitter(n, spacing[0], almostOne)));

test('the bound doubles with each try up to a second', () => {
  assert.equal(bounds([1, 2, 3, 4, 5, 6, 7]), [50, 100, 200, 400, 800, 1_000, 1_000]);
});

test('any number of tries has a bound', () => assert.equal(bounds([64, 5_000]), [1_000, 1_000]));

test('the bounds are the caller’s to choose', () => {
  assert.equal(bounds([1, 2, 3], { baseMs: 1_000, capMs: 5_000 }), [2_000, 4_000, 5_000]);
});

test('a wait lies anywhere between nothing and the bound', () => {
  assert.is(
    fullJitter(1, undefined, () => 0),
    0,
  );
  assert.is(
    fullJitter(1, undefined, () => 0.5),
    25,
  );
});

test.run();
