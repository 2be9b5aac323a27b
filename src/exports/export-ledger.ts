import { createHash, randomUUID } from 'node:crypto';
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

/** Which events are exported: those recorded from `since` to `until`, both ISO 8601 and included. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

/** What was exported. */
export interface Exported {
  readonly events: number;
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  /** Of the lines before compression: other versions of zlib compress the same lines to other bytes. */
  readonly linesSha256: string;
  readonly bytes: number;
}

/**
 * Writes what stands in a ledger to a new file of gzipped NDJSON, one {@link toLine} for each event, streams sorted by
 * name and each oldest first. The same ledger gives the same bytes. The file stands under its name when it is whole,
 * and only its owner may read it; a process that dies leaves at most files beside it whose names begin with a dot.
 * Throws an `InvalidInputError` where a file is already. `onEvents` is told how many events were written.
 */
export const exportLedger = async (
  batches: AsyncIterable<readonly StoredColumns[]>,
  path: string,
  period: Period,
  onEvents: (columns: readonly StoredColumns[]) => void,
): Promise<Exported> => {
  if (existsSync(path)) throw taken(path);
  const folder = dirname(path);
  const aside = join(folder, `.tagledger-export-${randomUUID()}`);
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

/** What has no moment as recordedAt is damaged, and is kept out of no export. */
const isIn =
  ({ since = '', until = '~' }: Period) =>
  ({ recordedAt = '' }: StoredColumns): boolean =>
    !v.is(InstantSchema, recordedAt) || (since <= recordedAt && recordedAt <= until);

/** Small texts joined, since each piece is a job of its own for those who compress and hash. */
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

/** Lets bytes pass, and hashes and counts them. */
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
