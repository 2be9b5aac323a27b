import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip, createInflateRaw, type Gunzip } from 'node:zlib';
import { InvalidInputError } from '../shared/errors.ts';
import { readLeadingMembers } from './leading-members.ts';

const READ_AT_ONCE = 128 * 1024;
const INFLATED_AT_ONCE = 1024 * 1024;

/** The gzip header of the events: no name, no comment, no extra fields (RFC 1952, section 2.3). */
const PLAIN_HEADER = Buffer.from([0x1f, 0x8b, 8, 0]);
const [HEADER_BYTES, TRAILER_BYTES, SIZE_BYTES] = [10, 8, 4];

/** How many bytes follow the end of the gzip stream. */
export interface Trailing {
  readonly trailing: number;
}

/**
 * Yields the bytes of a file, decompressed if it is gzip; a header before them is passed over. If bytes follow the end of the gzip stream, their
 * number is yielded last: Node's gunzip would read some of them as further streams and drop others. Throws an
 * `InvalidInputError` for a file that cannot be read to its end.
 */
export async function* fileBytes(path: string): AsyncGenerator<Buffer | Trailing> {
  try {
    const size = await sizeOf(path);
    if (await isGzip(path)) yield* gunzipped(path, size);
    else yield* createReadStream(path, { highWaterMark: READ_AT_ONCE });
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

/** The error for a file that cannot be read to its end. */
export const unreadableFile = (path: string, error: unknown): InvalidInputError =>
  new InvalidInputError(
    `${path} cannot be read to its end (${(error as Error).message}). It must be a whole file, as \`tagledger export\` writes it.`,
    { cause: error },
  );

const sizeOf = async (path: string): Promise<number> => {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('it is not a file');
  if (stats.size === 0) throw new Error('it is empty');
  return stats.size;
};

const bytesAt = async (path: string, length: number, position: number): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

const isGzip = async (path: string): Promise<boolean> =>
  (await bytesAt(path, 2, 0)).equals(PLAIN_HEADER.subarray(0, 2));

async function* gunzipped(path: string, size: number): AsyncGenerator<Buffer | Trailing> {
  const { bytes: start } = await readLeadingMembers(path);
  if (start >= size) throw new Error('it ends after its header');
  let given = 0;
  const all = inflating(path, createGunzip({ chunkSize: INFLATED_AT_ONCE }), start);
  try {
    for await (const chunk of all) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    // The bytes after the stream can look like the beginning of another, broken one.
    const end = await endOfStream(path, start, size);
    if (end === undefined || end >= size) throw error;
    let skipped = 0;
    for await (const chunk of inflating(path, createGunzip({ chunkSize: INFLATED_AT_ONCE }), start, end)) {
      const old = Math.min(given - skipped, chunk.length);
      skipped += old;
      if (old < chunk.length) yield chunk.subarray(old);
    }
    yield { trailing: size - end };
    return;
  }
  // A gzip stream ends with the length of its content. If that is the length of all the output, there is one
  // stream and nothing after it.
  const length = (await bytesAt(path, SIZE_BYTES, size - SIZE_BYTES)).readUInt32LE();
  if (start + all.bytesWritten === size && length === given % 2 ** 32) return;
  yield { trailing: size - ((await endOfStream(path, start, size)) ?? start + all.bytesWritten) };
}

/**
 * Where the gzip stream that begins at `start` ends; undefined if it is broken, or if its header has more
 * fields than an export writes.
 */
const endOfStream = async (path: string, start: number, size: number): Promise<number | undefined> => {
  if (!(await bytesAt(path, PLAIN_HEADER.length, start)).equals(PLAIN_HEADER)) return undefined;
  const raw = inflating(path, createInflateRaw({ chunkSize: INFLATED_AT_ONCE }), start + HEADER_BYTES);
  try {
    for await (const _ of raw); // Only the position of its end matters.
  } catch {
    return undefined;
  }
  const end = start + HEADER_BYTES + raw.bytesWritten + TRAILER_BYTES;
  return end > size ? undefined : end;
};

/**
 * Pipes the bytes of a file from `start` up to `end` through zlib, which runs while earlier output is
 * processed.
 */
const inflating = <Z extends Gunzip>(path: string, zlib: Z, start: number, end?: number): Z =>
  pipeline(
    createReadStream(path, { highWaterMark: READ_AT_ONCE, start, ...(end && { end: end - 1 }) }),
    zlib,
    () => {}, // Errors reach the reader of zlib.
  ) as Z;
