/**
 * Named bytes: a folder, or a bucket of S3. What callers may rely on, whatever the adapter:
 *
 * - **Whole or not at all.** Who reads sees an object as one `put` or `create` wrote it, never half of it; also when
 *   the writer dies.
 * - **One creator.** Of any number of concurrent `create` calls for one name, one resolves with true. When a reply is
 *   lost, the next one says false though the object is the caller's own: read it to find out.
 * - **Reads see every write that resolved before they began.**
 * - Names are parts of letters, digits, `.`, `_`, `=` and `-`, joined by `/`; no part is `.` or `..`. Any other is
 *   refused with a RangeError.
 */
export interface ObjectStore {
  /** The bytes of an object; undefined when there is none. */
  get(name: string): Promise<Uint8Array | undefined>;

  /** Writes an object, in the place of the one that is there. */
  put(name: string, bytes: Uint8Array): Promise<void>;

  /** Writes an object unless there is one of this name; whether it did. */
  create(name: string, bytes: Uint8Array): Promise<boolean>;

  /** The names that begin with `prefix`, sorted by their characters. */
  list(prefix: string): AsyncIterable<string>;

  /** Removes an object; nothing happens when there is none. */
  remove(name: string): Promise<void>;
}

/** Throws a RangeError for a name that no store takes; every adapter asks this first. */
export const refuseName = (name: string): void => {
  const wrong = name.split('/').find((part) => !/^[\w.=-]+$/.test(part) || part === '.' || part === '..');
  if (wrong !== undefined)
    throw new RangeError(
      `got the object name ${JSON.stringify(name)}, expected parts of A-Z a-z 0-9 . _ = - joined by /`,
    );
};
