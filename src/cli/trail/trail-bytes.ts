import { promisify } from 'node:util';
import { createGunzip, gunzip, gunzipSync, type ZlibOptions } from 'node:zlib';
import { type TrailFile, unreadable } from './trail-file.ts';

/** Why a file could not be read to its end. */
export interface Damage {
  readonly damage: string;
}

const [GZIP_1, GZIP_2] = [0x1f, 0x8b];
/** zlib allocates this much for every file, and thousands of larger buffers make V8 collect all the time. */
const INFLATED_AT_ONCE = 128 * 1024;

/** Up to this size, a job of the thread pool costs as much time as inflating. */
const TINY = 32 * 1024;
/** Above this, it is inflated piece by piece all the same. */
const MOST_INFLATED = 4 * 1024 * 1024;
const inflateInPool = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

/**
 * Reads the bytes of a file. Gzip is inflated, including files with several
 * members, and UTF-16 with a byte order mark, which PowerShell writes, becomes UTF-8. Throws an `InvalidInputError` if nothing can be read; if reading fails later, the last item is the
 * damage. `onRead` receives the bytes as they are in the file.
 */
export async function* trailBytes(
  file: TrailFile,
  onRead: (chunk: Buffer) => void,
): AsyncGenerator<Buffer | Damage> {
  const chunks = inflatedBytes(file, onRead);
  const first = await chunks.next();
  if (first.done) return;
  const encoding = utf16In(first.value);
  const all = startingWith(first.value, chunks);
  yield* encoding ? asUtf8(encoding, all) : all;
}

/** The encoding that a byte order mark names; undefined without one, and for UTF-8. */
const utf16In = (chunk: Buffer | Damage): 'utf-16le' | 'utf-16be' | undefined => {
  if (!Buffer.isBuffer(chunk)) return undefined;
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : undefined;
};

async function* asUtf8(
  encoding: string,
  chunks: AsyncGenerator<Buffer | Damage>,
): AsyncGenerator<Buffer | Damage> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks)
    yield Buffer.isBuffer(chunk) ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  yield Buffer.from(decoder.decode());
}

async function* inflatedBytes(
  file: TrailFile,
  onRead: (chunk: Buffer) => void,
): AsyncGenerator<Buffer | Damage> {
  const small = await wholeFile(file);
  if (small) {
    onRead(small.read);
    yield small.inflated;
    return;
  }
  const chunks = sourceOf(file, onRead);
  const first = await chunks.next();
  if (first.done) return;
  const all = startingWith(first.value, chunks);
  yield* isGzip(first.value) ? rescued(file, all) : all;
}

/** A small file without damage; undefined for any other, because the way of large files finds what is wrong and where. */
const wholeFile = async ({
  readWhole,
}: TrailFile): Promise<{ readonly read: Buffer; readonly inflated: Buffer } | undefined> => {
  if (!readWhole) return undefined;
  try {
    const read = await readWhole();
    return { read, inflated: isGzip(read) ? await inflate(read) : read };
  } catch {
    return undefined;
  }
};

const inflate = (gzipped: Buffer): Buffer | Promise<Buffer> =>
  gzipped.length <= TINY ? gunzipSync(gzipped, roomFor(gzipped)) : inflateInPool(gzipped, roomFor(gzipped));

/** Gzip ends with the inflated size. Room for all of it saves a step of the thread pool for each 16 KB, and a copy. */
const roomFor = (gzipped: Buffer): ZlibOptions => {
  const said = gzipped.length < 4 ? 0 : gzipped.readUInt32LE(gzipped.length - 4);
  return { chunkSize: Math.min(Math.max(said, 1024), MOST_INFLATED) + 1, maxOutputLength: MOST_INFLATED };
};

const isGzip = (chunk: Buffer | Damage): boolean =>
  Buffer.isBuffer(chunk) && chunk[0] === GZIP_1 && chunk[1] === GZIP_2;

async function* sourceOf(file: TrailFile, onRead: (chunk: Buffer) => void): AsyncGenerator<Buffer | Damage> {
  let head: Buffer | undefined;
  let isOpen = false;
  try {
    for await (const chunk of file.read()) {
      isOpen = true;
      onRead(chunk);
      const next: Buffer = head ? Buffer.concat([head, chunk]) : chunk;
      // A pipe can yield a single byte, which is too little to recognize gzip.
      head = next.length < 2 ? next : undefined;
      if (!head) yield next;
    }
    if (head) yield head;
  } catch (error) {
    if (!isOpen) throw unreadable(file.name, error);
    yield { damage: (error as Error).message };
  }
}

async function* startingWith<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/**
 * Inflates a file up to the exact byte where it is damaged. zlib withholds the output of the chunk in which
 * it fails, so the last two chunks are read again byte by byte. A pipe can be read only once, so that output
 * is lost.
 */
async function* rescued(
  file: TrailFile,
  chunks: AsyncGenerator<Buffer | Damage>,
): AsyncGenerator<Buffer | Damage> {
  const read: number[] = [];
  let total = 0;
  async function* counted() {
    for await (const chunk of chunks) {
      if (Buffer.isBuffer(chunk)) {
        read.push(total);
        total += chunk.length;
      }
      yield chunk;
    }
  }
  let given = 0;
  for await (const part of gunzipped(counted())) {
    if (Buffer.isBuffer(part)) given += part.length;
    else if (file.size !== undefined) yield* behind(given, gunzipped(byteByByte(file, read.at(-2) ?? 0)));
    yield part;
  }
}

async function* byteByByte(file: TrailFile, from: number): AsyncGenerator<Buffer | Damage> {
  let at = 0;
  for await (const chunk of sourceOf(file, () => {})) {
    if (!Buffer.isBuffer(chunk) || at + chunk.length <= from) yield chunk;
    else for (let i = 0; i < chunk.length; i++) yield chunk.subarray(i, i + 1);
    if (Buffer.isBuffer(chunk)) at += chunk.length;
  }
}

/** The bytes from a position onwards. Damage is dropped, because the caller already knows it. */
async function* behind(place: number, parts: AsyncGenerator<Buffer | Damage>): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const part of parts) {
    if (!Buffer.isBuffer(part)) continue;
    const known = Math.min(place - at, part.length);
    at += known;
    if (known < part.length) yield part.subarray(known);
  }
}

/**
 * Inflates chunk by chunk in Node's thread pool, while the caller processes the previous chunk. This is not a
 * stream pipeline, because a failing stream drops the data that it has already inflated.
 */
async function* gunzipped(chunks: AsyncGenerator<Buffer | Damage>): AsyncGenerator<Buffer | Damage> {
  const gunzip = createGunzip({ chunkSize: INFLATED_AT_ONCE });
  let inflated: Buffer[] = [];
  let damage: string | undefined;
  gunzip.on('data', (chunk: Buffer) => inflated.push(chunk));
  gunzip.on('error', ({ message }) => {
    damage = message;
  });
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  const take = (): Buffer[] => {
    const ready = inflated;
    inflated = [];
    return ready;
  };
  let written: Promise<void> | undefined;
  try {
    for await (const chunk of chunks) {
      await written;
      const ready = take();
      if (damage !== undefined) {
        yield* ready;
        break;
      }
      // The callback of a failed write is never called.
      if (Buffer.isBuffer(chunk)) {
        written = Promise.race([closed, new Promise<void>((done) => gunzip.write(chunk, () => done()))]);
      } else damage = chunk.damage;
      yield* ready;
    }
    await written;
    yield* take();
    if (damage === undefined) {
      gunzip.end();
      await closed;
      yield* take();
    }
    if (damage !== undefined) yield { damage };
  } finally {
    gunzip.destroy();
  }
}
