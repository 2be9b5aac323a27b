/** Resolves when the results of all items before have been taken; rejects when one of them failed. */
export type Before = () => Promise<void>;

/**
 * Works on items, up to `atOnce` at a time, and takes the results in the order of the items, each as soon as those
 * before it were taken. Work may wait for what is before it, and for nothing behind it. Rejects with the first
 * failure of the items, the work or `take`: results behind a failure are not taken.
 */
export const orderedPipeline = async <Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item, before: Before) => Promise<Result>,
  take: (result: Result) => void,
  atOnce: number,
): Promise<void> => {
  const taken: Promise<void>[] = [];
  let last = Promise.resolve();
  try {
    for await (const item of items) {
      const before = last;
      last = takeAfter(
        before,
        work(item, () => before),
        take,
      );
      met(last);
      taken.push(last);
      if (taken.length >= atOnce) await taken.shift();
    }
  } finally {
    await last;
  }
};

const takeAfter = async <Result>(
  before: Promise<void>,
  work: Promise<Result>,
  take: (result: Result) => void,
): Promise<void> => {
  met(work);
  await before;
  take(await work);
};

/** A failure is met when its turn comes, which is later than Node wants it. */
const met = (promise: Promise<unknown>): void => {
  promise.catch(() => {});
};
