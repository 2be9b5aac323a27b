import { before, type FeedConsumer, firstOf, positionsOf } from './feed-batch.ts';

/**
 * Two consumers behind one reader of the change feed, which allows only two readers. The second sees the records
 * before the first one to retry, so nothing is handed to it twice because of the first.
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
