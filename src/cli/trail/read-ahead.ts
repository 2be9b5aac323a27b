import { pMapIterable } from 'p-map';
import type { EndedFile, FileMark, Recognize, UnknownFile } from './known-files.ts';
import type { TrailFile } from './trail-file.ts';
import { type TrailBatch, trailPieces } from './trail-pieces.ts';

/** A batch of a file. The last one has `ended`. */
export interface AheadBatch extends TrailBatch {
  readonly ended?: EndedFile;
}

/** How files are read ahead. */
export interface ReadingAhead {
  /** Receives how many bytes were read or skipped. */
  readonly onRead: (bytes: number) => void;
  /** Finds the files that need not be read; of each, there is only its end. Without it, all are read. */
  readonly recognize?: Recognize | undefined;
}

/** So many files are read at the same time, which hides the latency of disks and of S3. */
const FILES_AHEAD = 12;

/** So many bytes of a file are split ahead; the others when it is the file's turn. Most files have less. */
const BYTES_AHEAD = 1024 * 1024;

/** The beginning of a file, already split. */
interface Begun {
  readonly batches: readonly AheadBatch[];
  /** The others, which are not read yet; undefined if there are none. */
  readonly rest?: AsyncIterable<AheadBatch>;
}

/**
 * The batches of files, in the order of the files and of their content. The next files are read, inflated and split ahead, of
 * each at most {@link BYTES_AHEAD} bytes and one chunk. What can be read only once waits for its turn, because opening a
 * pipe waits for its writer. Rejects as {@link trailPieces} does, when it is the file's turn.
 */
export async function* readAhead(
  files: Iterable<TrailFile>,
  { onRead, recognize = async (file) => ({ file }) }: ReadingAhead,
): AsyncGenerator<AheadBatch> {
  const begin = async (file: TrailFile): Promise<Begun> => {
    const recognized = await recognize(file);
    if ('mark' in recognized) {
      onRead(file.size ?? 0);
      return { batches: [endOf(file, recognized.mark)] };
    }
    const batches = batchesOf(recognized, onRead);
    return file.size === undefined ? { batches: [], rest: batches } : beginningOf(batches);
  };
  for await (const { batches, rest } of pMapIterable(files, begin, { concurrency: FILES_AHEAD })) {
    yield* batches;
    if (rest) yield* rest;
  }
}

/** The only batch of a file that is known. */
const endOf = ({ name }: TrailFile, known: FileMark): AheadBatch => ({
  file: name,
  pieces: [],
  read: 0,
  isEnd: true,
  ended: { name, known },
});

async function* batchesOf(
  { file, onRead, content }: UnknownFile,
  count: ReadingAhead['onRead'],
): AsyncGenerator<AheadBatch> {
  const pieces = trailPieces(file, (chunk) => {
    onRead?.(chunk);
    count(chunk.length);
  });
  for await (const batch of pieces) {
    const ended = batch.isEnd && { name: file.name, ...(content && { content: content() }) };
    yield ended ? { ...batch, ended } : batch;
  }
}

const beginningOf = async (pieces: AsyncGenerator<AheadBatch>): Promise<Begun> => {
  const batches: AheadBatch[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return { batches };
    batches.push(value);
    bytes += value.read;
    if (bytes > BYTES_AHEAD) return { batches, rest: pieces };
  }
};
