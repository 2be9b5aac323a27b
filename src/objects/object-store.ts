/**
 * Named bytes: a folder, or an S3 bucket. Every adapter promises:
 *
 * - **Whole or not at all.** Readers see an object as one `put` or `create` wrote it, never half of
 *   it, even if the writer dies.
 * - **One creator.** Of any number of concurrent `create` calls for one name, one resolves with
 *   true. If its reply is lost, the next call resolves with false although the object is the
 *   caller's own: read it to find out.
 * - **Reads see every write that resolved before they began.**
 * - Names consist of parts joined by `/`. A part contains letters, digits, `.`, `_`, `=` and `-`, and is not
 *   `.` or `..`. Any other name is refused with a RangeError.
 */
export interface ObjectStore {
  /** The bytes of an object; undefined if it does not exist. */
  get(name: string): Promise<Uint8Array | undefined>;

  /** Writes an object, replacing any that exists. */
  put(name: string, bytes: Uint8Array): Promise<void>;

  /** Writes an object unless it exists; resolves with whether it did. */
  create(name: string, bytes: Uint8Array): Promise<boolean>;

  /** The names that begin with `prefix`, sorted by their characters. */
  list(prefix: string): AsyncIterable<string>;

  /** Removes an object; does nothing if it does not exist. */
  remove(name: string): Promise<void>;
}

/** What a bucket tells the readers of an object over HTTP. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
}

/** An object store for readers. */
export type ReadOnlyObjectStore = Pick<ObjectStore, 'get' | 'list'>;

/** Throws a RangeError for a name that no store accepts. Every adapter calls this first. */
export const refuseName = (name: string): void => {
  const wrong = name.split('/').find((part) => !/^[\w.=-]+$/.test(part) || part === '.' || part === '..');
  if (wrong !== undefined)
    throw new RangeError(
      `${JSON.stringify(name)} is not the name of an object, which has parts of A-Z a-z 0-9 . _ = - joined by /.`,
    );
};
