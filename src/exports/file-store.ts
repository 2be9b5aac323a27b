import type { ReadOnlyEventStore } from '../events/event-store.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { COVERAGE_PREFIX, isLedgerStream } from '../events/ledger-stream.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { checkEvents } from '../verifier/check-events.ts';
import { type PlacedIndex, readIndex } from '../verifier/export-index.ts';
import type { Finding } from '../verifier/finding.ts';
import { readLedgerFile } from '../verifier/ledger-file.ts';
import { IndexMisleadsError, seekStreams } from './seek-streams.ts';

/** How much of a file the answers rest on that was checked: `ok`: all of it; `stream-only`: the streams that were read. */
export type FileIntegrity = 'ok' | 'stream-only';

/** An exported ledger. */
export interface FileStore extends ReadOnlyEventStore {
  /** What was checked so far. */
  integrity(): FileIntegrity;
  /**
   * The streams of resources with an id, found by the index; undefined if only reading the whole file tells them, as when
   * the index names none.
   */
  streamsWithId(id: string): Promise<readonly ResourceArn[] | undefined>;
  /** What a function makes of the events of all coverage streams; undefined if only reading the whole file tells them. */
  foldCoverage<T>(fold: (events: AsyncIterable<RecordedEvent>) => Promise<T>): Promise<T | undefined>;
}

/**
 * From how many blocks on a file is read by its index. Fewer, about 16 MB of lines, take a fraction of a second,
 * and are all checked.
 */
const LARGE_FILE_BLOCKS = 64;

/** The most prefixes, one for each account, Region and type, under which an id is looked for one by one. */
const MOST_PREFIXES = 200;

/**
 * A {@link ReadOnlyEventStore} over an exported ledger. One stream of a large file is found by the file's index, if it
 * has one. Every other read goes through the file from its beginning, which takes seconds for a million events,
 * and little memory.
 *
 * Anybody may have changed a file, so the first read of all events checks all of them and rejects with an
 * `InvalidInputError` at the first finding: an answer from half a ledger would be wrong. A file without events is refused
 * as well, because "no resources" would claim more than it shows. A read by the index checks the stream that it
 * reads. A resource that it does not find is looked for in the whole file; a stream of the ledger's own is not,
 * unless the index misleads.
 */
export const fileStore = (path: string, largeFileBlocks = LARGE_FILE_BLOCKS): FileStore => {
  let isChecked = false;
  let index: Promise<PlacedIndex | undefined> | undefined;
  const usableIndex = (): Promise<PlacedIndex | undefined> => {
    index ??= readIndex(path).then((read) =>
      read && !('kind' in read) && read.blocks.length >= largeFileBlocks ? read : undefined,
    );
    return index;
  };

  /** What a read by the index gives; undefined where only reading the whole file gives it. */
  const sought = async <T>(read: (index: PlacedIndex) => Promise<T>): Promise<T | undefined> => {
    const usable = await usableIndex();
    if (!usable) return undefined;
    try {
      return await read(usable);
    } catch (error) {
      if (!(error instanceof IndexMisleadsError)) throw error;
      index = Promise.resolve(undefined);
      return undefined;
    }
  };
  const soughtStream = (stream: string): Promise<RecordedEvent[] | undefined> =>
    sought((usable) => listOf(seekStreams(path, usable, { first: stream, last: stream })));

  async function* batches(): AsyncGenerator<readonly StoredColumns[]> {
    const check = checkEvents({ isSorted: true });
    const refuse = (findings: readonly Finding[]): void => {
      // An unknown field may be harmless, so it is left to `verify` to report.
      const finding = findings.find(({ kind }) => kind !== 'field');
      if (finding) throw finding.kind === 'newer' ? tooNew(path, finding) : damaged(path, finding);
    };
    for await (const { columns, problems } of readLedgerFile(path)) {
      refuse(problems);
      if (!isChecked) for (const one of columns) refuse(check.add(one));
      yield columns;
    }
    if (!isChecked) refuse(check.end());
    if (!isChecked && check.counts.events === 0) throw withoutEvents(path);
    isChecked = true;
  }

  /**
   * The first read continues to the end of the file, whatever was requested, because later
   * findings invalidate the answer.
   */
  async function* events(isAsked: (columns: StoredColumns) => boolean): AsyncGenerator<RecordedEvent> {
    for await (const columns of batches()) {
      // Checked events have all columns.
      for (const one of columns) if (isAsked(one)) yield readRecorded(one as LedgerLine);
    }
  }

  return {
    read: async (stream) => {
      const found = await soughtStream(stream);
      // The whole check has compared the index with the lines.
      const isSure = found && (found.length > 0 || isChecked || isLedgerStream(stream));
      return isSure ? found : listOf(events((one) => one.stream === stream));
    },
    find: (places) => {
      const wanted = new Set(places.map(({ stream, seq }) => `${seq} ${stream}`));
      return listOf(events(({ stream, seq }) => wanted.has(`${seq} ${stream}`)));
    },
    readAll: (after) => events(({ stream }) => after === undefined || stream > after),
    columns: batches,
    recordedBetween: (from, to) => events(({ recordedAt = '' }) => from <= recordedAt && recordedAt <= to),
    integrity: () => (isChecked ? 'ok' : 'stream-only'),
    streamsWithId: async (id) => {
      const prefixes = await sought(async (usable) =>
        usable.prefixes.filter((prefix) => isIdUnder(prefix, id)),
      );
      if (!prefixes || prefixes.length > MOST_PREFIXES) return undefined;
      const arns: ResourceArn[] = [];
      for (const prefix of prefixes) {
        const [first] = (await soughtStream(`${prefix}${id}`)) ?? [];
        if (first) arns.push(first.stream);
      }
      return arns.length > 0 ? arns : undefined;
    },
    foldCoverage: (fold) => sought((usable) => fold(seekStreams(path, usable, COVERAGE))),
  };
};

const COVERAGE = { first: COVERAGE_PREFIX, last: `${COVERAGE_PREFIX}\uffff` };

/** Whether a resource of that id can have an ARN with that beginning. */
const isIdUnder = (prefix: string, id: string): boolean => {
  const type = resourceTypeOf(id);
  return !isLedgerStream(prefix) && prefix.endsWith(type === undefined ? '/' : `:${type}/`);
};

const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

/** The error for a write to an exported ledger. */
export const readOnly = (path: string): InvalidInputError =>
  new InvalidInputError(
    `${path} is an exported file, which can only be read. Name a folder, or dynamodb:TABLE,STATE_TABLE, with --ledger.`,
  );

const withoutEvents = (path: string): InvalidInputError =>
  new InvalidInputError(
    `${path} holds no events, so it cannot answer. Export the ledger again with \`tagledger export\`, or name another one with --ledger.`,
  );

const tooNew = (path: string, { stream, seq, found }: Finding): InvalidInputError =>
  new InvalidInputError(`Event ${seq} of ${stream} in ${path} has ${found}.`);

const damaged = (path: string, { stream, seq, expected, found }: Finding): InvalidInputError =>
  new InvalidInputError(
    `${path} is damaged or was changed${stream === null ? '' : ` at event ${seq} of ${stream}`}: ${expected} was expected, but ${found} was found. See all findings with \`tagledger verify --ledger ${path}\`, and export the ledger again.`,
  );
