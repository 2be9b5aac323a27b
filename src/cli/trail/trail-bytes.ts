import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { InvalidInputError } from '../../shared/errors.ts';

/** That a file could not be read to its end, and why. */
export interface Damage {
  readonly damage: string;
}

const [GZIP_1, GZIP_2] = [0x1f, 0x8b];
/** Small enough for what it inflates to, some twenty times as much, to be one job of the thread pool. */
const READ_AT_ONCE = 16 * 1024;
const INFLATED_AT_ONCE = 1024 * 1024;

/**
 * The bytes of a file, or of standard input for `-`, as they are or out of gzip, of several members too. Throws an
 * `InvalidInputError` when none can be read; where they cannot be read to the end, the last that comes is the
 * damage. `onRead` is told how many bytes of the file came.
 */
export async function* trailBytes(
  file: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer | Damage> {
  const chunks = sourceOf(file, onRead);
  const first = await chunks.next();
  if (first.done) return;
  const all = startingWith(first.value, chunks);
  yield* isGzip(first.value) ? rescued(file, all) : all;
}

const isGzip = (chunk: Buffer | Damage): boolean =>
  Buffer.isBuffer(chunk) && chunk[0] === GZIP_1 && chunk[1] === GZIP_2;

async function* sourceOf(file: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer | Damage> {
  let head: Buffer | undefined;
  let isOpen = false;
  try {
    for await (const chunk of file === '-'
      ? process.stdin
      : createReadStream(file, { highWaterMark: READ_AT_ONCE })) {
      isOpen = true;
      onRead(chunk.length);
      const next: Buffer = head ? Buffer.concat([head, chunk]) : chunk;
      // A pipe may give a single byte, which does not tell whether it is gzip.
      head = next.length < 2 ? next : undefined;
      if (!head) yield next;
    }
    if (head) yield head;
  } catch (error) {
    if (!isOpen) throw unreadable(file, error);
    yield { damage: (error as Error).message };
  }
}

async function* startingWith<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/**
 * What is inflated of a file up to the very byte where it is damaged. zlib keeps back what it inflated of the chunk in which
 * it fails, so the last two chunks are read again, byte by byte. A pipe can be read once only, and loses them.
 */
async function* rescued(
  file: string,
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
    else if (await isRegular(file)) yield* behind(given, gunzipped(byteByByte(file, read.at(-2) ?? 0)));
    yield part;
  }
}

const isRegular = async (file: string): Promise<boolean> => file !== '-' && (await stat(file)).isFile();

async function* byteByByte(file: string, from: number): AsyncGenerator<Buffer | Damage> {
  let at = 0;
  for await (const chunk of sourceOf(file, () => {})) {
    if (!Buffer.isBuffer(chunk) || at + chunk.length <= from) yield chunk;
    else for (let i = 0; i < chunk.length; i++) yield chunk.subarray(i, i + 1);
    if (Buffer.isBuffer(chunk)) at += chunk.length;
  }
}

/** The bytes from a place on; the damage is known. */
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
 * Inflates one chunk of input after the other, in Node's thread pool while the one before is worked on. Not a
 * pipeline, because a stream that fails drops what it has inflated before.
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
      // A write that fails is never called back.
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

/** For a file that cannot be opened or read at all. */
export const unreadable = (file: string, error: unknown): InvalidInputError =>
  new InvalidInputError(
    `got ${file}, which cannot be read (${(error as Error).message}): expected a CloudTrail log file, plain or gzipped`,
    { cause: error },
  );
