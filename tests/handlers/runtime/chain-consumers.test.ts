import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chainConsumers } from '../../../src/handlers/runtime/chain-consumers.ts';
import { rejectionOf } from '../../support/async.ts';
import { GONE } from '../../support/doubles.ts';
import { chain, observed } from '../../support/events.ts';
import { DONE, feedOf, from } from '../../support/feed-records.ts';

const test = suite('two handlers in turn');

const BATCH = feedOf(chain(['o1', 'o2', 'o3', 'o4'].map((id) => observed(id))));
const NOTHING_READABLE: DynamoDBBatchResponse = { batchItemFailures: [{ itemIdentifier: '' }] };

/** Two handlers that give these answers, and what the second one was given: undefined when it was not called. */
const run = async (first: DynamoDBBatchResponse, second: DynamoDBBatchResponse, batch = BATCH) => {
  let given: number | undefined;
  const handler = chainConsumers(
    async () => first,
    async ({ Records }: DynamoDBStreamEvent) => {
      given = Records.length;
      return second;
    },
  );
  return { answer: await handler(batch), given };
};

test('the second sees everything when the first is content', async () => {
  assert.equal(await run(DONE, DONE), { answer: DONE, given: 4 });
});

test('the second sees only what stands before the first record that must come again', async () => {
  assert.equal(await run(from(2), DONE), { answer: from(2), given: 2 });
});

test('when both fail the answer is that of the second, which stands earlier', async () => {
  assert.equal(await run(from(2), from(1)), { answer: from(1), given: 2 });
});

test('when only the second fails the answer is its own', async () => {
  assert.equal(await run(DONE, from(3)), { answer: from(3), given: 4 });
});

test('the second is not called when all must come again', async () => {
  assert.equal(await run(from(0), DONE), { answer: from(0), given: undefined });
  assert.equal(await run(NOTHING_READABLE, DONE), { answer: NOTHING_READABLE, given: undefined });
});

test('the second is not called for an empty batch', async () => {
  assert.equal(await run(DONE, DONE, { Records: [] }), { answer: DONE, given: undefined });
});

test('what either throws is thrown', async () => {
  const throws = async () => Promise.reject(GONE);
  assert.is(await rejectionOf(chainConsumers(throws, async () => DONE)(BATCH)), GONE);
  assert.is(await rejectionOf(chainConsumers(async () => DONE, throws)(BATCH)), GONE);
});

test.run();
