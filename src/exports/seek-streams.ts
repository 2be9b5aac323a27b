import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import { checkEvents } from '../verifier/check-events.ts';
import { type PlacedIndex, placeOf } from '../verifier/export-index.ts';
import type { Finding } from '../verifier/finding.ts';
import { readLines, wholeLines } from '../verifier/whole-lines.ts';

/** Thrown where an index does not lead to whole and unchanged streams. Only reading the whole file tells what is wrong. */
export class IndexMisleadsError extends Error {
  override name = 'IndexMisleadsError';
}

/** Between which names streams are read, both included. */
export interface StreamRange {
  readonly first: string;
  readonly last: string;
}

/**
 * Reads the streams of a range from an exported file, by its index and without most of the lines before and behind
 * them. The events are checked against their hashes and chains, from the first event of each stream on. The other
 * lines are not, so a stream that comes twice in a file would go unnoticed. Rejects with an {@link IndexMisleadsError}
 * for anything that is wrong, also after it yielded some events.
 */
export async function* seekStreams(
  path: string,
  index: PlacedIndex,
  { first, last }: StreamRange,
): AsyncGenerator<RecordedEvent> {
  const check = checkEvents({ isSorted: true });
  const refuse = (findings: readonly Finding[]): void => {
    const [finding] = findings;
    if (finding)
      throw new IndexMisleadsError(`${path}: expected ${finding.expected}, found ${finding.found}`);
  };
  for await (const columns of columnsFrom(path, index, first)) {
    if (columns.stream < first) continue;
    if (columns.stream > last) break;
    refuse(check.add(columns));
    // Checked events have all columns.
    yield readRecorded(columns as LedgerLine);
  }
  refuse(check.end());
}

async function* columnsFrom(path: string, index: PlacedIndex, first: string): AsyncGenerator<StoredColumns> {
  const start = placeOf(index, first);
  if (start === undefined) return;
  // Errors reach the reader of the decompressed bytes.
  const bytes = pipeline(createReadStream(path, { start }), createInflateRaw(), () => {});
  try {
    for await (const lines of wholeLines(bytes)) {
      for (const one of readLines(lines)) {
        if ('kind' in one) throw new Error(`expected ${one.expected}, found ${one.found}`);
        yield one;
      }
    }
  } catch (error) {
    throw new IndexMisleadsError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
