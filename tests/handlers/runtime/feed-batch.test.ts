import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { before, firstOf, positionsOf, startingAt } from '../../../src/handlers/runtime/feed-batch.ts';
import { chain, ONE_OF_EACH } from '../../support/events.ts';
import { batchOf, tampered, unreadable } from '../../support/feed-records.ts';

const test = suite('a batch of the change feed');

const [FIRST, SECOND] = chain(ONE_OF_EACH);
assert.ok(FIRST && SECOND);
const BATCH = batchOf(tampered(FIRST), { recorded: FIRST }, unreadable(SECOND), { recorded: SECOND });

test('its positions are those of all its records, in order', () => {
  assert.equal(positionsOf(BATCH), [0, 1, 2, 3]);
  assert.equal(positionsOf(batchOf()), []);
});

test('cut at a position, it is in both parts together, and nothing is in both', () => {
  for (const cut of [0, 1, 2, 3, 4]) {
    const [front, back] = [before(BATCH, cut), startingAt(BATCH, cut)];
    assert.equal([...positionsOf(front), ...positionsOf(back)], [0, 1, 2, 3]);
    assert.is(positionsOf(front).length, cut);
    assert.equal([...front.unreadable, ...back.unreadable], BATCH.unreadable);
    assert.equal([...front.tampered, ...back.tampered], BATCH.tampered);
  }
});

test('the lowest of the positions to retry is the first, in whatever order they were found', () => {
  assert.is(firstOf(new Set([3, 1, 2])), 1);
  assert.is(firstOf([0]), 0);
  assert.is(firstOf([]), undefined);
});

test.run();
