/** Resolves once the results of all earlier items are taken. Rejects if one of them failed. */
export type Before = () => Promise<void>;

/**
 * Processes up to `atOnce` items concurrently and takes the results in the order of the items. Work can wait
 * for earlier items but not for later ones. Rejects with the first failure of the items, the work or `take`;
 * results after a failure are not taken.
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

/**
 * Marks a promise as handled. Its failure is handled in order, which is too late for Node's
 * unhandled-rejection check.
 */
const met = (promise: Promise<unknown>): void => {
  promise.catch(() => {});
};
