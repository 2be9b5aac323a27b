/** All that an asynchronous iterable gives. (`Array.fromAsync` is not in Node 20.) */
export const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

/** All items of the batches that an asynchronous iterable gives. */
export const flatListOf = async <T>(batches: AsyncIterable<Iterable<T>>): Promise<T[]> =>
  (await listOf(batches)).flatMap((items) => [...items]);

/** What a promise rejects with; throws when it resolves. */
export const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error,
  );
