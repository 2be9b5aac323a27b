import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { recordCoverage } from '../../commands/record-coverage.ts';
import { type CoverageOfRecords, coverageOfRecords } from '../../intake/coverage-of-records.ts';
import { isDirectCall } from '../../intake/direct-call.ts';
import type { EndedFile } from '../trail/known-files.ts';
import type { TrailEntry } from '../trail/read-trail.ts';
import type { ReadBatch } from '../trail/read-trails.ts';
import { keepReject } from '../trail/rejects.ts';
import type { Ingested } from '../views/tally.ts';
import type { FileMarks } from './file-marks.ts';
import type { LedgerRuntime } from './open-runtime.ts';
import { recordSimulatedCoverage } from './record-simulated-coverage.ts';

/** How records are split into chunks. */
export interface Chunks {
  /** The number of records in one intake call. */
  readonly size: number;
  readonly before?: (chunk: readonly TrailEntry[]) => void;
  /** Where files that were read to their end are marked; nowhere by default. */
  readonly marks?: FileMarks | undefined;
}

/** The results of one chunk. */
export interface IngestedChunk {
  /** The number of entries in the chunk. */
  readonly entries: number;
  /** All results of these entries and of no others. */
  readonly results: readonly Ingested[];
  /** The files whose last entries are in this chunk, in their order. */
  readonly ended: readonly EndedFile[];
}

/** The number of chunks in one transaction of an embedded ledger, each of which waits for the disk. */
const CHUNKS = 5;

/** So many marks are written at the same time, because each waits for a ledger in AWS. */
const MARKS_AT_ONCE = 8;

/** So many events wait for the archive of an embedded ledger at most, because each of its steps rewrites files. */
const UNARCHIVED = 10_000;

/** What is known of a file that is being read. */
interface OpenFile {
  readonly heard: CoverageOfRecords;
  isRejected: boolean;
}

/** A run that takes records in. */
interface Run {
  readonly ledger: Pick<LedgerRuntime, 'request'>;
  readonly rejects: string;
  readonly now: () => Date;
  /** The files of which something was read, and that have not ended. */
  readonly open: Map<string, OpenFile>;
}

/**
 * Sends entries through the intake in chunks, and keeps the archive of an embedded ledger up to date. A chunk
 * is yielded when its events and all that follows from them are on disk.
 *
 * Unusable entries are appended to the file `rejects`, one JSON object per line with file, position, reason
 * and text, and the run continues. At its end, the coverage of each account is recorded: of all records that were read,
 * also of those that were skipped, and of the files that need not be read.
 *
 * A file that was read to its end, and of which nothing was rejected, is marked: in an embedded ledger in the transaction of its
 * last events, in AWS after they are appended. If the process dies before, it is read again.
 */
export async function* ingestRecords(
  ledger: Pick<LedgerRuntime, 'request' | 'embedded' | 'store' | 'eventFormat'>,
  batches: Iterable<Iterable<TrailEntry>> | AsyncIterable<ReadBatch>,
  rejects: string,
  { size, before, marks }: Chunks = { size: 200 },
): AsyncGenerator<IngestedChunk> {
  const { embedded } = ledger;
  const inOneTransaction = embedded?.atomically ?? ((work) => work());
  const now = () => new Date(embedded?.cloudNow?.() ?? Date.now());
  const heard = coverageOfRecords(now);
  const run: Run = { ledger, rejects, now, open: new Map() };
  let isAppended = false;
  let archived = embedded?.done.project ?? 0;
  for await (const { entries, ends } of inTransactions(batches, size * CHUNKS)) {
    const chunks = await inOneTransaction(async () => {
      const ingested: IngestedChunk[] = [];
      const left = [...ends];
      // A file can end without an entry.
      for (let at = 0; at < entries.length || left.length > 0; at += size) {
        const chunk = entries.slice(at, at + size);
        if (chunk.length > 0) before?.(chunk);
        const results = await ingestChunk(run, chunk);
        const isLast = at + size >= entries.length;
        const count = left.findIndex(({ behind }) => behind > at + size);
        const ended = left.splice(0, isLast || count < 0 ? left.length : count).map(({ file }) => file);
        await pMap(ended, (file) => endFile(run, file, { heard, marks }), { concurrency: MARKS_AT_ONCE });
        ingested.push({ entries: chunk.length, results, ended });
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
  for (const file of run.open.values()) heard.merge(file.heard.coverages());
  await inOneTransaction(async () => {
    for (const coverage of heard.coverages()) await recordCoverage({ ...ledger, now }, coverage);
    // Reading the same files again appends nothing.
    if (isAppended) await recordSimulatedCoverage(ledger);
  });
  await embedded?.settle();
}

const ingestChunk = async (
  { ledger, rejects, open, now }: Run,
  chunk: readonly TrailEntry[],
): Promise<readonly Ingested[]> => {
  const results: Ingested[] = [];
  const openFile = ({ file }: TrailEntry): OpenFile => {
    const there = open.get(file) ?? { heard: coverageOfRecords(now), isRejected: false };
    open.set(file, there);
    return there;
  };
  const reject = (entry: TrailEntry, reason: string, text: string) => {
    const { file, position } = entry;
    keepReject(rejects, { file, position, reason, text });
    openFile(entry).isRejected = true;
    results.push({ input: 0, outcome: 'rejected', file, position, reason });
  };
  const readable = chunk.filter((entry) => 'value' in entry);
  for (const entry of chunk) if ('problem' in entry) reject(entry, entry.problem, entry.text);
  if (readable.length === 0) return results;
  const inputs = readable.map(({ value }) => value);
  const rejected = new Set<number>();
  for (const result of await ledger.request(inputs, contentId(inputs))) {
    const entry = readable[result.input] as (typeof readable)[number];
    if (result.outcome === 'rejected') {
      rejected.add(result.input);
      reject(entry, result.reason ?? 'unusable', JSON.stringify(entry.value));
    } else results.push({ ...result, file: entry.file, position: entry.position });
  }
  readable.forEach((entry, i) => {
    if (!rejected.has(i)) openFile(entry).heard.add(entry.value);
  });
  return results;
};

/** Hears what a file said, and marks it if it was read and all its records could be used. */
const endFile = async (
  { open }: Run,
  { name, content, known }: EndedFile,
  { heard, marks }: { readonly heard: CoverageOfRecords; readonly marks: FileMarks | undefined },
): Promise<void> => {
  const file = open.get(name);
  open.delete(name);
  const coverage = known?.coverage ?? file?.heard.coverages() ?? [];
  heard.merge(coverage);
  if (!known && content !== undefined && !file?.isRejected) await marks?.add(content, { coverage });
};

/** The entries of one transaction. */
interface InTransaction {
  readonly entries: TrailEntry[];
  /** The files that end in it, each with the number of entries that stand before its end. */
  readonly ends: { readonly file: EndedFile; readonly behind: number }[];
}

/** The entries of all batches, so many at a time, and as many ends of files. */
async function* inTransactions(
  batches: Iterable<Iterable<TrailEntry>> | AsyncIterable<ReadBatch>,
  size: number,
): AsyncGenerator<InTransaction> {
  let next: InTransaction = { entries: [], ends: [] };
  for await (const batch of batches as AsyncIterable<ReadBatch>) {
    for (const entry of batch) {
      if (next.entries.length === size) {
        yield next;
        next = { entries: [], ends: [] };
      }
      next.entries.push(entry);
    }
    const { ended } = batch;
    if (ended) next.ends.push({ file: ended, behind: next.entries.length });
    if (next.ends.length < size) continue;
    yield next;
    next = { entries: [], ends: [] };
  }
  if (next.entries.length + next.ends.length > 0) yield next;
}

/**
 * Derives the invocation id from the content, so that a direct call in a file that is read twice has the same
 * cause. Records have ids of their own.
 */
const contentId = (inputs: readonly unknown[]): string =>
  inputs.some(isDirectCall) ? hashOf(inputs) : 'records';

const hashOf = (inputs: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('base64url').slice(0, 22);
