import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chainConsumers } from '../../../src/handlers/runtime/chain-consumers.ts';
import { positionsOf } from '../../../src/handlers/runtime/feed-batch.ts';
import { rejectionOf } from '../../support/async.ts';
import { GONE } from '../../support/doubles.ts';
import { chain, observed } from '../../support/events.ts';
import { batchOf, DONE, feedOf, from, MINUTE, tampered, unreadable } from '../../support/feed-records.ts';

const test = suite('two consumers in turn');

const EVENTS = chain(['o1', 'o2', 'o3', 'o4'].map((id) => observed(id)));
const [FIRST, SECOND, THIRD] = EVENTS;
assert.ok(FIRST && SECOND && THIRD);
const BATCH = feedOf(EVENTS);

/** Two consumers that give these answers, and the positions that the second one was given: undefined when it was not called. */
const run = async (first: ReadonlySet<number>, second: ReadonlySet<number>, batch = BATCH) => {
  let given: number[] | undefined;
  const consumer = chainConsumers(
    async () => first,
    async (part) => {
      given = positionsOf(part);
      return second;
    },
  );
  return { answer: await consumer(batch, MINUTE), given };
};

test('the second sees everything when the first is content', async () => {
  assert.equal(await run(DONE, DONE), { answer: DONE, given: [0, 1, 2, 3] });
});

test('the second sees only what stands before the first record to retry', async () => {
  assert.equal(await run(from(2), DONE), { answer: from(2), given: [0, 1] });
  assert.equal(await run(new Set([3, 1]), DONE), { answer: new Set([3, 1]), given: [0] });
});

test('what cannot be read, and tampering, are kept from the second in the same way', async () => {
  const batch = batchOf(unreadable(FIRST), tampered(SECOND), { recorded: THIRD }, tampered(FIRST));
  assert.equal((await run(from(1), DONE, batch)).given, [0]);
  assert.equal((await run(from(3), DONE, batch)).given, [0, 1, 2]);
});

test('when both fail the answer is that of the second, which stands earlier', async () => {
  assert.equal(await run(from(2), from(1)), { answer: from(1), given: [0, 1] });
});

test('when only the second fails the answer is its own', async () => {
  assert.equal(await run(DONE, from(3)), { answer: from(3), given: [0, 1, 2, 3] });
});

test('the second is not called when all must come again', async () => {
  assert.equal(await run(from(0), DONE), { answer: from(0), given: undefined });
});

test('the second is not called for an empty batch', async () => {
  assert.equal(await run(DONE, DONE, batchOf()), { answer: DONE, given: undefined });
});

test('what either throws is thrown', async () => {
  const throws = async () => Promise.reject(GONE);
  assert.is(await rejectionOf(chainConsumers(throws, async () => DONE)(BATCH, MINUTE)), GONE);
  assert.is(await rejectionOf(chainConsumers(async () => DONE, throws)(BATCH, MINUTE)), GONE);
});

test.run();
