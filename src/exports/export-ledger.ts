import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import type { StoredColumns } from '../events/ledger-line.ts';
import { InstantSchema } from '../events/tag-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { headerOf } from '../verifier/export-header.ts';
import { type ExportIndex, indexMembers, prefixOf } from '../verifier/export-index.ts';
import { emptyExtent, widen } from '../verifier/extent.ts';
import { type ExportSelection, PROVENANCE_FORMAT, type Provenance } from '../verifier/provenance.ts';
import { LINE_END, readLines } from '../verifier/whole-lines.ts';
import { gzipLines } from './gzip-lines.ts';
import { type StreamLines, sortedStreams } from './sort-streams.ts';
import { removeLeftovers, temporaryPrefix, withTemporaryFiles } from './temporary-files.ts';

/** Streams are small, and are told of together. */
const SHOWN_AT_ONCE = 100;

/** Which events are exported: those recorded from `since` to `until`, both ISO 8601 and inclusive. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

/** Where the events come from, and who exports them when: what the header says and the events do not. */
export interface ExportOrigin
  extends Pick<Provenance, 'ledger' | 'mode' | 'log' | 'toolVersion' | 'exportedAt'> {
  /** Which events of the ledger the export has to choose from: all, unless another export is exported. */
  readonly selection: ExportSelection;
}

/** The result of an export. */
export interface Exported {
  readonly events: number;
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  /**
   * Of the lines before compression. The header is not among them, so that the same events have the same
   * digest whenever they are exported.
   */
  readonly linesSha256: string;
  readonly bytes: number;
}

/**
 * Writes the events of a ledger to a new file of gzipped NDJSON, one {@link toLine} per event, with streams
 * sorted by name and each stream oldest first, behind a header with its {@link Provenance}. The same ledger
 * yields the same lines. The file gets its name only once it is complete, and only its owner may read it. A
 * process that is killed leaves at most files next to it whose names begin with a dot; the next export removes
 * them. Throws an `InvalidInputError` if the file already exists. `onEvents` is called with the events of each
 * batch, and `onWritten` with the number of streams that are written, once their number is known.
 */
export const exportLedger = async (
  batches: AsyncIterable<readonly StoredColumns[]>,
  path: string,
  { origin, period }: { readonly origin: ExportOrigin; readonly period: Period },
  onEvents: (columns: readonly StoredColumns[]) => void,
  onWritten: (done: number, total: number) => void = () => {},
): Promise<Exported> => {
  if (existsSync(path)) throw taken(path);
  const folder = dirname(path);
  await removeLeftovers(folder);
  const aside = join(folder, `${temporaryPrefix()}${randomBytes(6).toString('hex')}`);
  const members = `${aside}m`;
  const extent = emptyExtent();
  const [lines, file] = [tap<string>(), tap<Buffer>()];
  const counts = { events: 0, streams: 0 };
  const read = { last: '', streams: 0 };
  const index = indexing();
  async function* chosen() {
    for await (const batch of batches) {
      const columns = batch.filter(isIn(period));
      counts.events += columns.length;
      for (const one of columns) {
        widen(extent, one);
        if (one.stream !== read.last) read.streams += 1;
        read.last = one.stream;
      }
      onEvents(columns);
      yield columns;
    }
  }
  await withTemporaryFiles(folder, async () => {
    try {
      const streams = textsOf(sortedStreams(chosen(), folder), (stream) => {
        counts.streams += 1;
        if (counts.streams % SHOWN_AT_ONCE === 0) onWritten(counts.streams, read.streams);
        index.addStream(stream);
      });
      await pipeline(Readable.from(gzipLines(lines.pass(streams), index.addBlock)), writing(members));
      const { newestRecordedAt, newestEffectiveAt } = extent;
      const provenance = {
        format: PROVENANCE_FORMAT,
        ...origin,
        selection: narrowed(origin.selection, period),
        counts,
        ...(newestRecordedAt && { newestRecordedAt }),
        ...(newestEffectiveAt && { newestEffectiveAt }),
        linesSha256: lines.sha256(),
      } as const;
      // The header comes before the events, and is not known before them.
      const header = Buffer.concat([headerOf(provenance), indexMembers(index.done())]);
      await pipeline(Readable.from(file.pass(joined(header, members))), writing(aside));
      onWritten(counts.streams, counts.streams);
      await link(aside, path).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? taken(path) : error;
      });
    } finally {
      await Promise.all([rm(aside, { force: true }), rm(members, { force: true })]);
    }
  });
  return { events: counts.events, sha256: file.sha256(), linesSha256: lines.sha256(), bytes: file.bytes() };
};

const writing = (path: string) => createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });

const NO_ENDS = { since: undefined, until: undefined };

/** A part of a part is what both hold. */
const narrowed = (selection: ExportSelection, { since, until }: Period): ExportSelection => {
  if (since === undefined && until === undefined) return selection;
  const before = selection.kind === 'period' ? selection : NO_ENDS;
  const latest = [since, before.since].filter(Boolean).sort().at(-1);
  const [earliest] = [until, before.until].filter(Boolean).sort();
  return { kind: 'period', ...(latest && { since: latest }), ...(earliest && { until: earliest }) };
};

/** The texts of streams; `onStream` is called at the first text of each. */
async function* textsOf(
  streams: AsyncIterable<StreamLines>,
  onStream: (stream: string) => void,
): AsyncGenerator<string> {
  let before: string | undefined;
  for await (const { stream, lines } of streams) {
    if (stream !== before) onStream(stream);
    before = stream;
    yield lines;
  }
}

/** Collects the index of a file while its lines are written. */
const indexing = () => {
  const blocks: ExportIndex['blocks'] = [];
  const prefixes = new Set<string>();
  return {
    addStream: (stream: string): void => {
      prefixes.add(prefixOf(stream));
    },
    addBlock: (at: number, lines: Buffer): void => {
      const line = lines.subarray(0, lines.indexOf(LINE_END) + 1);
      const [first] = readLines({ bytes: line, line: 1 });
      // A line that is no event leads nowhere.
      if (first && !('kind' in first)) blocks.push({ at, stream: first.stream });
    },
    done: (): ExportIndex => ({ blocks, prefixes: [...prefixes].sort() }),
  };
};

async function* joined(header: Buffer, path: string): AsyncGenerator<Buffer> {
  yield header;
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** An event whose recordedAt is not a moment is damaged, and belongs to every export. */
const isIn =
  ({ since = '', until = '~' }: Period) =>
  ({ recordedAt = '' }: StoredColumns): boolean =>
    !v.is(InstantSchema, recordedAt) || (since <= recordedAt && recordedAt <= until);

const taken = (path: string): InvalidInputError =>
  new InvalidInputError(
    `The file ${path} exists already, and exports are never overwritten. Name another one with --out.`,
  );

/** Passes texts or bytes on, and hashes and counts them. */
const tap = <T extends string | Buffer>() => {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | undefined;
  return {
    async *pass(parts: AsyncIterable<T>): AsyncGenerator<T> {
      for await (const part of parts) {
        hash.update(part);
        bytes += part.length;
        yield part;
      }
    },
    sha256: () => (digest ??= hash.digest('hex')),
    bytes: () => bytes,
  };
};
