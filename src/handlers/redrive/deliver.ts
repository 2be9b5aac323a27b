import {
  type FeedBatch,
  type FeedConsumer,
  firstOf,
  type InvocationClock,
  positionsOf,
  startingAt,
} from '../runtime/feed-batch.ts';

/** After this many failed records the others are not tried: the cause is no single record. */
const MOST_FAILED = 10;

/**
 * Delivers a batch and, after each failed record, delivers the records behind it, so that one bad record does
 * not hold up the rest. Returns the positions that failed or were not tried. Rejects if the consumer rejects.
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
