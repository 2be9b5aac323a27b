import { isUtf8 } from 'node:buffer';
import type { StoredColumns } from '../events/ledger-line.ts';
import { textOf } from '../events/text-of.ts';
import { fileBytes } from './file-bytes.ts';
import type { Finding } from './finding.ts';
import { readLine } from './read-line.ts';

/** Some lines of a file: the events in them, and what is none. */
export interface FileBatch {
  readonly columns: readonly StoredColumns[];
  readonly problems: readonly Finding[];
}

const LINE_END = 10;
/** A body of 350 KB that is nothing but quotes, escaped twice, fits. */
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/**
 * Reads an exported ledger, NDJSON or gzipped NDJSON, some lines at a time, in the order of the file. What is no line
 * of an export is a problem, named by its line, and the rest goes on. Throws an `InvalidInputError` for a file that
 * cannot be read, or not to its end.
 */
export async function* readLedgerFile(path: string): AsyncGenerator<FileBatch> {
  let line = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const problem = (expected: string, found: string): Finding => ({
    kind: 'file',
    stream: null,
    seq: null,
    expected,
    found,
  });
  const lineProblem = (found: string) => problem(`an event as an export writes it in line ${line}`, found);

  /** The batch of whole lines. */
  const batchOf = (bytes: Buffer): FileBatch => {
    const columns: StoredColumns[] = [];
    const problems: Finding[] = [];
    const isText = isUtf8(bytes);
    const lines = textOf(bytes).split('\n');
    lines.pop();
    for (const text of lines) {
      line += 1;
      // A byte that is no UTF-8 became U+FFFD: then a line with it cannot be told from one that holds it.
      const read = isText || !text.includes('\ufffd') ? readLine(text) : undefined;
      if (read) columns.push(read);
      else problems.push(lineProblem('another text'));
    }
    return { columns, problems };
  };

  for await (const chunk of fileBytes(path)) {
    if (!Buffer.isBuffer(chunk)) {
      const problems = [problem('nothing behind the compressed events', `${chunk.trailing} bytes`)];
      yield { columns: [], problems };
      continue;
    }
    const end = chunk.lastIndexOf(LINE_END) + 1;
    if (end > 0) {
      yield batchOf(Buffer.concat([...rest, chunk.subarray(0, end)]));
      rest = [];
      restBytes = 0;
    }
    if (end < chunk.length) {
      rest.push(chunk.subarray(end));
      restBytes += chunk.length - end;
    }
    if (restBytes > MOST_LINE_BYTES) {
      line += 1;
      yield {
        columns: [],
        problems: [lineProblem(`one of more than ${MOST_LINE_BYTES} bytes, behind which nothing was read`)],
      };
      return;
    }
  }
  if (restBytes > 0) {
    line += 1;
    yield { columns: [], problems: [lineProblem('one without an end')] };
  }
}
