import {
  type FeedBatch,
  type FeedConsumer,
  firstOf,
  type InvocationClock,
  positionsOf,
  startingAt,
} from '../runtime/feed-batch.ts';

/** After so many failed records the others are not tried: it is no single record's fault. */
const MOST_FAILED = 10;

/**
 * Delivers a batch, and again what stands behind a record that failed, so that one bad record does not keep those
 * after it waiting. Gives the positions of the records that failed or were not tried. Rejects when the consumer does.
 */
export const deliverEach = async (
  consumer: FeedConsumer,
  batch: FeedBatch,
  clock: InvocationClock,
): Promise<number[]> => {
  const failed: number[] = [];
  let rest = batch;
  while (positionsOf(rest).length > 0) {
    const first = firstOf(await consumer(rest, clock));
    if (first === undefined) return failed;
    failed.push(first);
    rest = startingAt(rest, first + 1);
    if (failed.length === MOST_FAILED) return [...failed, ...positionsOf(rest)];
  }
  return failed;
};
