import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';

/** Bytes of the archive are not what this version wrote. */
export class UnreadableArchiveError extends Error {
  override readonly name = 'UnreadableArchiveError';

  constructor(what: string, options?: ErrorOptions) {
    super(
      `${what}: it was damaged, or a newer version wrote it: make the archive afresh with \`tagledger archive rebuild\`, or remove its objects where that fails`,
      options,
    );
  }
}

/** An object's bytes, compressed; the same bytes each time. */
export const compressed: (bytes: string | Uint8Array) => Promise<Buffer> = promisify(gzip);

const unzip: (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer> = promisify(gunzip);

/** What was compressed as the object `name`. Rejects with an {@link UnreadableArchiveError} for other bytes. */
export const uncompressed = (name: string, bytes: Uint8Array, options: ZlibOptions = {}): Promise<Buffer> =>
  unzip(bytes, options).catch((error: unknown) => {
    throw new UnreadableArchiveError(`got ${name} in the archive, which is not whole`, { cause: error });
  });
