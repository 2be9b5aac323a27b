import { before, type FeedConsumer, firstOf, positionsOf } from './feed-batch.ts';

/**
 * Runs two consumers as one reader, because the change feed allows only two readers. The second consumer
 * receives only the records before the first position to retry, so a failure of the first never causes a
 * repeat delivery to the second.
 */
export const chainConsumers =
  (first: FeedConsumer, second: FeedConsumer): FeedConsumer =>
  async (batch, clock) => {
    const retry = await first(batch, clock);
    const failure = firstOf(retry);
    const done = failure === undefined ? batch : before(batch, failure);
    if (positionsOf(done).length === 0) return retry;
    const later = await second(done, clock);
    return later.size > 0 ? later : retry;
  };
