import { createHash } from 'node:crypto';
import type { StoredColumns } from '../events/ledger-line.ts';
import { headerFinding, readProvenance } from './export-header.ts';
import { indexFindings } from './export-index.ts';
import { fileBytes } from './file-bytes.ts';
import type { Finding } from './finding.ts';
import { type FileLines, readLines, wholeLines } from './whole-lines.ts';

/** Some lines of a file: the events in them, and the lines that are not events. */
export interface FileBatch {
  readonly columns: readonly StoredColumns[];
  readonly problems: readonly Finding[];
}

/**
 * Reads an exported ledger, NDJSON or gzipped NDJSON, some lines at a time and in the order of the file. A
 * line that is not from an export is reported as a problem, with its number, and reading continues. Throws an
 * `InvalidInputError` for a file that cannot be read to its end.
 */
export async function* readLedgerFile(path: string): AsyncGenerator<FileBatch> {
  for await (const lines of fileLines(path)) {
    const columns: StoredColumns[] = [];
    const problems: Finding[] = [];
    for (const one of readLines(lines)) {
      if ('kind' in one) problems.push(one);
      else columns.push(one);
    }
    yield { columns, problems };
  }
}

/**
 * Yields the lines of a file, unparsed, then what is wrong with the file as a whole: also a header that is
 * damaged, that has the digest of other lines, or whose index leads to other lines. Throws as {@link readLedgerFile} does.
 */
export async function* fileLines(path: string): AsyncGenerator<FileLines | Finding> {
  const header = await readProvenance(path);
  const claimed = header && !('kind' in header) ? header.linesSha256 : undefined;
  const hash = createHash('sha256');
  for await (const lines of wholeLines(fileBytes(path))) {
    if (claimed !== undefined && !('kind' in lines)) hash.update(lines.bytes);
    yield lines;
  }
  if (header && 'kind' in header) yield header;
  const digest = hash.digest('hex');
  if (claimed !== undefined && claimed !== digest)
    yield headerFinding(`lines with the SHA-256 that the header names, ${claimed}`, digest);
  yield* indexFindings(path);
}
