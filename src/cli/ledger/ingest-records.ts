import { createHash } from 'node:crypto';
import { recordCoverage } from '../../commands/record-coverage.ts';
import { type CoverageOfRecords, coverageOfRecords } from '../../intake/coverage-of-records.ts';
import { isDirectCall } from '../../intake/direct-call.ts';
import type { TrailEntry } from '../trail/read-trail.ts';
import { keepReject } from '../trail/rejects.ts';
import type { Ingested } from '../views/tally.ts';
import type { LedgerRuntime } from './open-runtime.ts';
import { recordSimulatedCoverage } from './record-simulated-coverage.ts';

/** How records are split into chunks. */
export interface Chunks {
  /** The number of records in one intake call. */
  readonly size: number;
  readonly before?: (chunk: readonly TrailEntry[]) => void;
}

/** The results of one chunk. */
export interface IngestedChunk {
  /** The number of entries in the chunk. */
  readonly entries: number;
  /** All results of these entries and of no others. */
  readonly results: readonly Ingested[];
}

/** The number of chunks in one transaction of an embedded ledger, each of which waits for the disk. */
const CHUNKS = 5;

/** So many events wait for the archive of an embedded ledger at most, because each of its steps rewrites files. */
const UNARCHIVED = 10_000;

/**
 * Sends entries through the intake in chunks, and keeps the archive of an embedded ledger up to date. A chunk
 * is yielded when its events and all that follows from them are on disk.
 *
 * Unusable entries are appended to the file `rejects`, one JSON object per line with file, position, reason
 * and text, and the run continues. At its end, the coverage of each account is recorded: of all records that were read,
 * also of those that were skipped.
 */
export async function* ingestRecords(
  ledger: Pick<LedgerRuntime, 'request' | 'embedded' | 'store' | 'eventFormat'>,
  batches: Iterable<Iterable<TrailEntry>> | AsyncIterable<Iterable<TrailEntry>>,
  rejects: string,
  { size, before }: Chunks = { size: 200 },
): AsyncGenerator<IngestedChunk> {
  const { embedded } = ledger;
  const inOneTransaction = embedded?.atomically ?? ((work) => work());
  const now = () => new Date(embedded?.cloudNow?.() ?? Date.now());
  const heard = coverageOfRecords(now);
  let isAppended = false;
  let archived = embedded?.done.project ?? 0;
  for await (const entries of inTransactions(batches, size * CHUNKS)) {
    const chunks = await inOneTransaction(async () => {
      const ingested: IngestedChunk[] = [];
      for (let at = 0; at < entries.length; at += size) {
        const chunk = entries.slice(at, at + size);
        before?.(chunk);
        ingested.push(await ingestChunk(ledger, chunk, rejects, heard));
      }
      return ingested;
    });
    yield* chunks;
    isAppended ||= chunks.some(({ results }) => results.some(({ outcome }) => outcome === 'appended'));
    if (embedded && embedded.done.project - archived >= UNARCHIVED) {
      await embedded.settle();
      archived = embedded.done.project;
    }
  }
  await inOneTransaction(async () => {
    for (const coverage of heard.coverages()) await recordCoverage({ ...ledger, now }, coverage);
    // Reading the same files again appends nothing.
    if (isAppended) await recordSimulatedCoverage(ledger);
  });
  await embedded?.settle();
}

const ingestChunk = async (
  { request }: Pick<LedgerRuntime, 'request'>,
  chunk: readonly TrailEntry[],
  rejects: string,
  heard: CoverageOfRecords,
): Promise<IngestedChunk> => {
  const results: Ingested[] = [];
  const reject = ({ file, position }: TrailEntry, reason: string, text: string) => {
    keepReject(rejects, { file, position, reason, text });
    results.push({ input: 0, outcome: 'rejected', file, position, reason });
  };
  const readable = chunk.filter((entry) => 'value' in entry);
  for (const entry of chunk) if ('problem' in entry) reject(entry, entry.problem, entry.text);
  const inputs = readable.map(({ value }) => value);
  const rejected = new Set<number>();
  for (const result of await request(inputs, contentId(inputs))) {
    const entry = readable[result.input] as (typeof readable)[number];
    if (result.outcome === 'rejected') {
      rejected.add(result.input);
      reject(entry, result.reason ?? 'unusable', JSON.stringify(entry.value));
    } else results.push({ ...result, file: entry.file, position: entry.position });
  }
  inputs.forEach((input, i) => {
    if (!rejected.has(i)) heard.add(input);
  });
  return { entries: chunk.length, results };
};

/** The items of all batches, so many at a time. */
async function* inTransactions<T>(
  batches: Iterable<Iterable<T>> | AsyncIterable<Iterable<T>>,
  size: number,
): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const batch of batches) {
    for (const item of batch) {
      chunk.push(item);
      if (chunk.length < size) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Derives the invocation id from the content, so that a direct call in a file that is read twice has the same
 * cause. Records have ids of their own.
 */
const contentId = (inputs: readonly unknown[]): string =>
  inputs.some(isDirectCall) ? hashOf(inputs) : 'records';

const hashOf = (inputs: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('base64url').slice(0, 22);
