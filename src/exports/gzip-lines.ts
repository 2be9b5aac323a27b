import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import { LINE_END } from '../verifier/whole-lines.ts';
import { crc32 } from './crc32.ts';

/** About how much text lies between two places at which decompression can begin. */
const BLOCK_BYTES = 256 * 1024;

/** No name, no comment, no time, so that the same lines give the same bytes (RFC 1952, section 2.3). */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** The last deflate block: an empty one, because each block before it ends with a full flush. */
const LAST_BLOCK = Buffer.from([3, 0]);
const TRAILER_BYTES = 8;

const compress = promisify<Buffer, object, Buffer>(deflateRaw);

/** Where a block begins, in bytes from the beginning of the member, and its lines. */
type OnBlock = (at: number, lines: Buffer) => void;

/**
 * Compresses lines, each with its line end, to one gzip member. About every 256 KB, where a line ends, the
 * compressor forgets what came before (zlib's `Z_FULL_FLUSH`), so that decompression can begin there. The
 * same lines give the same bytes with the same zlib, however they are cut into texts.
 */
export async function* gzipLines(
  texts: AsyncIterable<string>,
  onBlock: OnBlock = () => {},
): AsyncGenerator<Buffer> {
  yield HEAD;
  let [crc, length, at] = [0, 0, HEAD.length];
  for await (const block of blocksOf(texts)) {
    crc = crc32(block, crc);
    length += block.length;
    onBlock(at, block);
    const compressed = await compress(block, { finishFlush: constants.Z_FULL_FLUSH });
    at += compressed.length;
    yield compressed;
  }
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  yield Buffer.concat([LAST_BLOCK, trailer]);
}

/** Cuts texts into blocks, each at the first line end behind its first 256 KB. */
async function* blocksOf(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const text of texts) {
    let rest = Buffer.from(text);
    for (;;) {
      const end = rest.indexOf(LINE_END, Math.max(0, BLOCK_BYTES - heldBytes - 1)) + 1;
      if (end === 0) break;
      yield Buffer.concat([...held, rest.subarray(0, end)]);
      rest = rest.subarray(end);
      held = [];
      heldBytes = 0;
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
