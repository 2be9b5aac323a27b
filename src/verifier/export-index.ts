import { type FileHandle, open } from 'node:fs/promises';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import { headerFinding, leadingMembers, readFragments, writeFragments } from './export-header.ts';
import type { Finding } from './finding.ts';
import { LINE_END, MOST_LINE_BYTES, readLines } from './whole-lines.ts';

const KIND = 'I';
/** What an index may take uncompressed. That of a million events takes 300 KB. */
const MOST_BYTES = 64 * 1024 * 1024;

const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const BlockSchema = v.object({ at: offset, stream: v.string() });
type Block = Readonly<v.InferOutput<typeof BlockSchema>>;

const isBehind = (before: Block | undefined, { at, stream }: Block): boolean =>
  before === undefined || (before.at < at && before.stream <= stream);

const IndexSchema = v.object({
  /** Where decompression can begin, and the stream of the first line there, in the order of the file. */
  blocks: v.pipe(
    v.array(BlockSchema),
    v.check((blocks) => blocks.every((block, i) => isBehind(blocks[i - 1], block))),
  ),
  /** All that the names of streams begin with, see {@link prefixOf}; sorted. */
  prefixes: v.array(v.string()),
});

/**
 * The index of an exported file: places in it, so that one stream can be read without all lines before it. An `at` counts
 * bytes from the beginning of the gzip member that holds the events. Nobody signed an index. `verify` compares the
 * blocks with the lines; the prefixes only help to find an ARN by its id.
 */
export type ExportIndex = Readonly<v.InferOutput<typeof IndexSchema>>;

/** An index, and where the member of the events begins in its file, in bytes. */
export interface PlacedIndex extends ExportIndex {
  readonly start: number;
}

/** What the name of a stream begins with: all up to its last slash or colon, that included. */
export const prefixOf = (stream: string): string =>
  stream.slice(0, Math.max(stream.lastIndexOf('/'), stream.lastIndexOf(':')) + 1);

/** The members that carry an index. */
export const indexMembers = (index: ExportIndex): Buffer =>
  writeFragments(KIND, deflateRawSync(JSON.stringify(index)));

/**
 * The index of an exported file: undefined when it has none, and a finding when it cannot be read. Nothing of it is
 * compared with the events. Rejects with an `InvalidInputError` when the file cannot be read.
 */
export const readIndex = async (path: string): Promise<PlacedIndex | Finding | undefined> => {
  const { fields, bytes } = await leadingMembers(path);
  const packed = fields && readFragments(fields, KIND);
  return (
    packed && (unpacked(packed, bytes) ?? headerFinding('an index as an export writes it', 'other bytes'))
  );
};

const unpacked = (packed: Buffer, start: number): PlacedIndex | undefined => {
  try {
    const text = inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString('utf8');
    return { ...v.parse(IndexSchema, JSON.parse(text)), start };
  } catch {
    return undefined; // Other bytes, or another text.
  }
};

/**
 * Where decompression must begin, in bytes from the beginning of the file, to come upon every line of a stream; undefined
 * for an index without blocks.
 */
export const placeOf = ({ start, blocks }: PlacedIndex, stream: string): number | undefined => {
  let [first, end] = [0, blocks.length];
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    if ((blocks[middle]?.stream ?? '') < stream) first = middle + 1;
    else end = middle;
  }
  // The stream may have begun in the block before the first one that begins with it.
  const block = blocks[Math.max(0, first - 1)];
  return block && start + block.at;
};

/** Compares the blocks of an index with a file. Yields the first difference. */
export async function* indexFindings(path: string): AsyncGenerator<Finding> {
  const index = await readIndex(path);
  if (!index) return;
  if ('kind' in index) {
    yield index;
    return;
  }
  const file = await open(path);
  try {
    for (const { at, stream } of index.blocks) {
      const found = await streamAt(file, index.start + at);
      if (found === stream) continue;
      yield headerFinding(`an index that leads to ${stream}`, found ?? 'no line of an export');
      return;
    }
  } finally {
    await file.close();
  }
}

const FIRST_READ_BYTES = 8 * 1024;

/** The stream of the line that is compressed at a place in a file; undefined if none is. */
const streamAt = async (file: FileHandle, place: number): Promise<string | undefined> => {
  for (let length = FIRST_READ_BYTES; ; length *= 4) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, place);
    const lines = inflated(buffer.subarray(0, bytesRead));
    const end = lines ? lines.indexOf(LINE_END) + 1 : 0;
    if (lines && end > 0) {
      const [line] = readLines({ bytes: lines.subarray(0, end), line: 1 });
      return line && !('kind' in line) ? line.stream : undefined;
    }
    if (!lines || bytesRead < length || lines.length > MOST_LINE_BYTES) return undefined;
  }
};

/** What the beginning of a block says; undefined if it is not the beginning of one. */
const inflated = (bytes: Buffer): Buffer | undefined => {
  try {
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined; // Decompression cannot begin there.
  }
};
