import type { ReadOnlyEventStore } from '../events/event-store.ts';
import type { LedgerLine, StoredColumns } from '../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { checkEvents } from '../verifier/check-events.ts';
import type { Finding } from '../verifier/finding.ts';
import { readLedgerFile } from '../verifier/ledger-file.ts';

/**
 * A {@link ReadOnlyEventStore} over an exported ledger. Each read goes through the file
 * from its beginning, because gzip has no index. That takes seconds for a million events, and little memory.
 *
 * Anybody may have changed a file, so the first read checks all of it and rejects with an `InvalidInputError`
 * at the first finding: an answer from half a ledger would be wrong. A file without events is refused as
 * well, because "no resources" would claim more than it shows.
 */
export const fileStore = (path: string): ReadOnlyEventStore => {
  let isChecked = false;

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
  const listed = async (isAsked: (columns: StoredColumns) => boolean): Promise<RecordedEvent[]> => {
    const list: RecordedEvent[] = [];
    for await (const event of events(isAsked)) list.push(event);
    return list;
  };

  return {
    read: (stream) => listed((one) => one.stream === stream),
    find: (places) => {
      const wanted = new Set(places.map(({ stream, seq }) => `${seq} ${stream}`));
      return listed(({ stream, seq }) => wanted.has(`${seq} ${stream}`));
    },
    readAll: (after) => events(({ stream }) => after === undefined || stream > after),
    columns: batches,
    recordedBetween: (from, to) => events(({ recordedAt = '' }) => from <= recordedAt && recordedAt <= to),
  };
};

/** The error for a write to an exported ledger. */
export const readOnly = (path: string): InvalidInputError =>
  new InvalidInputError(
    `got ${path} as the ledger, which is an export and can only be read: name a ledger's folder, or dynamodb:TABLE, with --ledger`,
  );

const withoutEvents = (path: string): InvalidInputError =>
  new InvalidInputError(
    `${path} holds no events, so it answers nothing: export the ledger again with \`tagledger export\`, or name another one with --ledger`,
  );

const tooNew = (path: string, { stream, seq, found }: Finding): InvalidInputError =>
  new InvalidInputError(`the event ${seq} of ${stream} in ${path} has ${found}`);

const damaged = (path: string, { stream, seq, expected, found }: Finding): InvalidInputError =>
  new InvalidInputError(
    `got ${path}, which is not a whole and unchanged ledger${stream === null ? '' : ` at ${seq} of ${stream}`}: expected ${expected}, found ${found}; see all with \`tagledger verify --ledger ${path}\``,
  );
