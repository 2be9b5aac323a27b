import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FailureClass } from '../../src/events/tag-event.ts';
import { DEFAULT_RETRY, retryAt } from '../../src/tagging/retry-policy.ts';

const test = suite('retry policy');

const NOW = new Date('2026-03-31T12:00:00.000Z');

/** In how many seconds the next attempt is due; undefined for a final failure. */
const waitAfter = (
  attempt: number,
  failureClass: FailureClass = 'throttled',
  chance = 1,
): number | undefined => {
  const due = retryAt(DEFAULT_RETRY, { class: failureClass }, attempt, NOW, () => chance);
  return due && (due.getTime() - NOW.getTime()) / 1_000;
};

test('the bounds of the waits double from 30 s to 15 min, and the eighth attempt is the last', () => {
  assert.equal(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((attempt) => waitAfter(attempt)),
    [30, 60, 120, 240, 480, 900, 900, undefined, undefined, undefined],
  );
});

test('only what passes with time is tried again', () => {
  for (const failureClass of ['throttled', 'unavailable', 'not-yet-visible'] as const) {
    assert.is(waitAfter(1, failureClass), 30, failureClass);
  }
  for (const failureClass of ['not-found', 'denied', 'invalid', 'unknown'] as const) {
    assert.is(waitAfter(1, failureClass), undefined, failureClass);
  }
});

test('the wait is random, between a half and the whole of its bound', () => {
  assert.equal(
    [0, 0.5, 1].map((chance) => waitAfter(2, 'throttled', chance)),
    [30, 45, 60],
  );
});

test('the policy of a deployment is kept to', () => {
  const policy = { ...DEFAULT_RETRY, attempts: 2, firstWaitMs: 1_000, longestWaitMs: 1_500 };
  const due = (attempt: number) => retryAt(policy, { class: 'throttled' }, attempt, NOW, () => 1);
  assert.equal(due(1), new Date(NOW.getTime() + 1_000));
  assert.is(due(2), undefined);
});

test.run();
