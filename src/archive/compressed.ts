import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';

/** An object of the archive is missing, is not the one that the catalogue names, or has a form that this version does not write. */
export class UnreadableArchiveError extends Error {
  override readonly name = 'UnreadableArchiveError';
  /** What is wrong, without what to do about it. */
  readonly what: string;

  constructor(what: string, options?: ErrorOptions) {
    super(
      `${what}. It was damaged or replaced, or another version of tagledger wrote it. Make the archive again with \`tagledger archive rebuild\`.`,
      options,
    );
    this.what = what;
  }
}

/** Compresses with gzip; the same input yields the same bytes. */
export const compressed: (bytes: string | Uint8Array) => Promise<Buffer> = promisify(gzip);

const unzip: (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer> = promisify(gunzip);

/**
 * Decompresses the object `name`. Rejects with an {@link UnreadableArchiveError} for bytes that are not gzip.
 */
export const uncompressed = (name: string, bytes: Uint8Array, options: ZlibOptions = {}): Promise<Buffer> =>
  unzip(bytes, options).catch((error: unknown) => {
    throw new UnreadableArchiveError(`${name} in the archive is not whole`, { cause: error });
  });
