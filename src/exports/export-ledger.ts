import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as v from 'valibot';
import type { StoredColumns } from '../events/ledger-line.ts';
import { InstantSchema } from '../events/tag-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { sortedStreams } from './sort-streams.ts';
import { removeLeftovers, temporaryPrefix } from './temporary-files.ts';

/** Which events are exported: those recorded from `since` to `until`, both ISO 8601 and inclusive. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

/** The result of an export. */
export interface Exported {
  readonly events: number;
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  /**
   * Of the lines before compression, because other versions of zlib compress the same lines to other bytes.
   */
  readonly linesSha256: string;
  readonly bytes: number;
}

/**
 * Writes the events of a ledger to a new file of gzipped NDJSON, one {@link toLine} per event, with streams
 * sorted by name and each stream oldest first. The same ledger yields the same lines, and the same bytes with
 * the same zlib. The file gets its name only once it is complete, and only its owner may read it. A process
 * that dies leaves at most files next to it whose names begin with a dot; the next export removes them. Throws an `InvalidInputError` if
 * the file already exists. `onEvents` is called with the events of each batch.
 */
export const exportLedger = async (
  batches: AsyncIterable<readonly StoredColumns[]>,
  path: string,
  period: Period,
  onEvents: (columns: readonly StoredColumns[]) => void,
): Promise<Exported> => {
  if (existsSync(path)) throw taken(path);
  const folder = dirname(path);
  await removeLeftovers(folder);
  const aside = join(folder, `${temporaryPrefix()}${randomBytes(6).toString('hex')}`);
  const [lines, file] = [tap(), tap()];
  let events = 0;
  async function* chosen() {
    for await (const batch of batches) {
      const columns = batch.filter(isIn(period));
      events += columns.length;
      onEvents(columns);
      yield columns;
    }
  }
  try {
    await pipeline(
      Readable.from(inPieces(sortedStreams(chosen(), folder))),
      lines.stream,
      createGzip(),
      file.stream,
      createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true }),
    );
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken(path) : error;
    });
  } finally {
    await rm(aside, { force: true });
  }
  return { events, sha256: file.sha256(), linesSha256: lines.sha256(), bytes: file.bytes() };
};

/** An event whose recordedAt is not a moment is damaged, and belongs to every export. */
const isIn =
  ({ since = '', until = '~' }: Period) =>
  ({ recordedAt = '' }: StoredColumns): boolean =>
    !v.is(InstantSchema, recordedAt) || (since <= recordedAt && recordedAt <= until);

/** Joins small texts, because compression and hashing cost a fixed effort per chunk. */
async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let piece: string[] = [];
  let length = 0;
  for await (const text of texts) {
    piece.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    yield Buffer.from(piece.join(''));
    piece = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(piece.join(''));
}

const PIECE_LENGTH = 128 * 1024;

const taken = (path: string): InvalidInputError =>
  new InvalidInputError(
    `got --to ${path}, where a file is already: name another one, exports are never overwritten`,
  );

/** Passes bytes through, and hashes and counts them. */
const tap = () => {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, sha256: () => hash.digest('hex'), bytes: () => bytes };
};
