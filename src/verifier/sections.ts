import type { Finding } from './finding.ts';
import { type FileLines, LINE_END, linesIn, readLines } from './whole-lines.ts';

/** Lines of a file that can be checked independently of all others, or a part of such lines. */
export interface Section extends FileLines {
  /** They share their memory with nothing else. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** Whether it begins with a new stream; otherwise it continues the section before it. */
  readonly begins: boolean;
  /** Whether the next section begins with a new stream, or there is none. */
  readonly ends: boolean;
  /** The stream before the first one of the section; undefined at the beginning of the file. */
  readonly after: string | undefined;
}

const MOST_HELD = 8 * 1024 * 1024;

/**
 * Cuts the output of `fileLines` where streams begin, so that the sections can be checked concurrently.
 * Together they yield what a check of one line after another yields. Findings about the file as a whole come
 * last. Lines of one stream that exceed `mostHeld` bytes are split into several sections.
 */
export async function* sectionsOf(
  file: AsyncIterable<FileLines | Finding>,
  mostHeld = MOST_HELD,
): AsyncGenerator<Section | Finding> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  let begins = true;
  let after: string | undefined;
  const hold = (bytes: Buffer) => {
    if (bytes.length > 0) held.push(bytes);
    heldBytes += bytes.length;
  };
  const released = (ends: boolean): Section => {
    const section = { bytes: owned(held, heldBytes), line, begins, ends, after };
    held = [];
    heldBytes = 0;
    begins = ends;
    return section;
  };

  const problems: Finding[] = [];
  for await (const lines of file) {
    if ('kind' in lines) {
      problems.push(lines);
      continue;
    }
    if (held.length === 0) ({ line } = lines);
    const cut = lastCut(lines.bytes);
    if (cut) {
      hold(lines.bytes.subarray(0, cut.at));
      yield released(true);
      line = lines.line + linesIn(lines.bytes.subarray(0, cut.at));
      ({ after } = cut);
    }
    hold(lines.bytes.subarray(cut?.at ?? 0));
    if (heldBytes > mostHeld) yield released(false);
  }
  if (heldBytes > 0 || !begins) yield released(true);
  yield* problems;
}

/** Copies bytes into memory of their own, since Node's small buffers share a pool. */
const owned = (parts: readonly Buffer[], length: number): Buffer<ArrayBuffer> => {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of parts) at += part.copy(bytes, at);
  return bytes;
};

/** The last place where a stream begins after another one. Both lines must be readable. */
const lastCut = (bytes: Buffer): { readonly at: number; readonly after: string } | undefined => {
  let at = beginOfLine(bytes, bytes.length);
  let stream = streamIn(bytes.subarray(at));
  while (at > 0) {
    const before = beginOfLine(bytes, at);
    const after = streamIn(bytes.subarray(before, at));
    if (stream !== undefined && after !== undefined && stream !== after) return { at, after };
    at = before;
    stream = after;
  }
  return undefined;
};

/** Where the line begins that ends before `end`. */
const beginOfLine = (bytes: Buffer, end: number): number =>
  end < 2 ? 0 : bytes.lastIndexOf(LINE_END, end - 2) + 1;

const streamIn = (bytes: Buffer): string | undefined => {
  const [one] = readLines({ bytes, line: 1 });
  return one && !('kind' in one) ? one.stream : undefined;
};
