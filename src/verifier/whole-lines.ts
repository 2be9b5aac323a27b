import { isUtf8 } from 'node:buffer';
import type { StoredColumns } from '../events/ledger-line.ts';
import { decodeUtf8 } from '../shared/text.ts';
import type { Trailing } from './file-bytes.ts';
import type { Finding } from './finding.ts';
import { readLine } from './read-line.ts';

/** Whole lines of a file. */
export interface FileLines {
  readonly bytes: Buffer;
  /** The number of the first line, from 1. */
  readonly line: number;
}

/** The byte that ends a line. */
export const LINE_END = 10;
/** The longest line that is read. Fits a body of 350 KB that is nothing but quotes, escaped twice. */
export const MOST_LINE_BYTES = 4 * 1024 * 1024;

const problem = (expected: string, found: string): Finding => ({
  kind: 'file',
  stream: null,
  seq: null,
  expected,
  found,
});
const lineProblem = (line: number, found: string): Finding =>
  problem(`an event as an export writes it in line ${line}`, found);

/** Reads lines. Yields each event, and a finding in place of each line that is not one. A finding is passed on. */
export function* readLines(from: FileLines | Finding): Generator<StoredColumns | Finding> {
  if ('kind' in from) {
    yield from;
    return;
  }
  const { bytes, line } = from;
  const all = decodeUtf8(bytes);
  const isText = !all.includes('\ufffd') || isUtf8(bytes);
  const lines = all.split('\n');
  lines.pop();
  for (const [i, text] of lines.entries()) {
    // A byte that is not UTF-8 is decoded as U+FFFD, so a line with that character is ambiguous here.
    const read = isText || !text.includes('\ufffd') ? readLine(text) : undefined;
    yield read ?? lineProblem(line + i, 'another text');
  }
}

/** Cuts bytes behind the ends of lines. Yields what is not whole as a finding. */
export async function* wholeLines(
  chunks: AsyncIterable<Buffer | Trailing>,
): AsyncGenerator<FileLines | Finding> {
  let line = 1;
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) {
      yield problem('nothing behind the compressed events', `${chunk.trailing} bytes`);
      continue;
    }
    // Only the line that is split between chunks is joined; the others are not copied.
    const torn = restBytes > 0 ? chunk.indexOf(LINE_END) + 1 : 0;
    const end = chunk.lastIndexOf(LINE_END) + 1;
    if (torn > 0) {
      yield { bytes: Buffer.concat([...rest, chunk.subarray(0, torn)]), line };
      line += 1;
      rest = [];
      restBytes = 0;
    }
    if (end > torn) {
      const bytes = chunk.subarray(torn, end);
      yield { bytes, line };
      line += linesIn(bytes);
    }
    if (end < chunk.length) {
      rest.push(chunk.subarray(end));
      restBytes += chunk.length - end;
    }
    if (restBytes > MOST_LINE_BYTES) {
      yield lineProblem(line, `one of more than ${MOST_LINE_BYTES} bytes, behind which nothing was read`);
      return;
    }
  }
  if (restBytes > 0) yield lineProblem(line, 'one without an end');
}

/** How many lines end in these bytes. */
export const linesIn = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
};
