import { GENESIS, hashOf } from '../events/hash-chain.ts';
import type { StoredColumns } from '../events/ledger-line.ts';
import { isForeignType } from '../events/ledger-stream.ts';
import { isResourceArn } from '../events/resource-arn.ts';
import { checkBody, isUsual } from './check-body.ts';
import { type Check, type Finding, type FindingKind, quoted } from './finding.ts';

/** How to check a ledger. */
export interface CheckOptions {
  /** Only a part of a ledger is checked: a stream may begin after its first event. */
  readonly isPart?: boolean;
  /** The streams must be sorted: a stream that comes twice is then found without remembering all names. */
  readonly isSorted?: boolean;
  /** The stream before the first one, if a section of a ledger is checked. */
  readonly after?: string | undefined;
}

/** How much was checked. */
export interface CheckCounts {
  readonly events: number;
  readonly streams: number;
}

/** How far the check of a stream has come. */
interface Head {
  readonly stream: string;
  /** The highest seq so far. */
  seq: number;
  /** What the next event may have as `prev`: the computed hash of the last event, or the stored one. */
  hashes: readonly (string | undefined)[];
  recordedAt: string;
  readonly eventIds: Set<string>;
  /**
   * The last event, if its body was not read. Until the next event is chained to it, its hash may have been
   * recomputed after a change.
   */
  unread: StoredColumns | undefined;
}

/**
 * Checks what a ledger can show by itself, in the order of its streams: hashes over the stored bytes, chains,
 * seqs without gaps, bodies and the columns that repeat them, times, and that each eventId occurs once in its
 * stream. (Two streams cannot share an eventId: it is derived from the stream, and a copied event has the
 * hash of another place.) Memory holds the ids of one stream only.
 *
 * A body is not read if its hash is right, it literally repeats the columns beside it and it has only the
 * fields of its type. It is what was written as long as the next event is chained to it, and reading it would
 * take longer than all else. Every other body is read, and so is the last one of each stream.
 *
 * One change yields as few findings as describe it: a changed event does not make its neighbours wrong. A
 * hash chain cannot show a cut tail, a deleted stream, or a stream that was hashed again from the change on.
 */
export const checkEvents = ({
  isPart = false,
  isSorted = false,
  after,
}: CheckOptions = {}): Check<StoredColumns> & { readonly counts: CheckCounts } => {
  const counts = { events: 0, streams: 0 };
  let head: Head | undefined;
  return {
    counts,
    add: (columns) => {
      counts.events += 1;
      const found: Finding[] = [];
      if (columns.stream !== head?.stream) {
        counts.streams += 1;
        readLast(head, found);
        checkStream(columns, isSorted ? (head?.stream ?? after) : undefined, found);
        head = beginning(columns, isPart);
      }
      checkPlace(columns, head as Head, found);
      return found;
    },
    end: () => {
      const found: Finding[] = [];
      readLast(head, found);
      return found;
    },
  };
};

const finding = (
  kind: FindingKind,
  { stream, seq }: StoredColumns,
  expected: string,
  found: string,
): Finding => ({ kind, stream, seq, expected, found });

const checkStream = (columns: StoredColumns, before: string | undefined, found: Finding[]): void => {
  if (!isResourceArn(columns.stream))
    found.push(finding('stream', columns, 'the ARN of an EC2 resource', 'another name'));
  if (before !== undefined && columns.stream < before)
    found.push(
      finding('stream', columns, `a stream that sorts behind ${before}`, 'one that sorts before it'),
    );
};

/** The head before the first event of a stream. In a part of a ledger, a stream may begin with any event. */
const beginning = ({ stream, seq, prev }: StoredColumns, isPart: boolean): Head => {
  const isLater = isPart && Number.isSafeInteger(seq) && seq > 1;
  return {
    stream,
    seq: isLater ? seq - 1 : 0,
    hashes: [isLater ? prev : GENESIS],
    recordedAt: '',
    eventIds: new Set(),
    unread: undefined,
  };
};

/** Checks the body of the last event, if it was not read. */
const readLast = (head: Head | undefined, found: Finding[]): void => {
  if (head?.unread) for (const one of checkBody(head.unread, true).findings) found.push(one);
};

const checkPlace = (columns: StoredColumns, head: Head, found: Finding[]): void => {
  const { stream, seq, prev, hash, body = '' } = columns;
  const next = head.seq + 1;
  const isNext = seq === next;
  const isChained = isNext && head.hashes.includes(prev);
  if (!isChained) readLast(head, found);
  checkSeq(columns, next, found);

  const computed = hashOf({ stream, seq, prev: prev ?? '', body });
  if (computed !== hash)
    found.push(finding('hash', columns, `the hash of its stored bytes, ${computed}`, quoted(hash)));
  if (isNext && !isChained)
    found.push(finding('prev', columns, `the hash of the event before it, ${head.hashes[0]}`, quoted(prev)));

  if (isForeignType(stream, columns.type))
    found.push(
      finding('event-type', columns, 'an event that belongs in a stream of this name', quoted(columns.type)),
    );

  const { eventId, recordedAt } = readBody(columns, head, computed === hash, found);
  checkEventId(columns, eventId, head, found);
  // What stands out of its order takes no part in the chain.
  if (!isPlace(seq) || seq < next) return;
  checkTime(columns, recordedAt, head, found);
  head.seq = seq;
  head.hashes = [computed, hash];
};

const isPlace = (seq: number): boolean => Number.isSafeInteger(seq) && seq >= 1;

const checkSeq = (columns: StoredColumns, next: number, found: Finding[]): void => {
  const { seq } = columns;
  if (!isPlace(seq)) found.push(finding('place', columns, 'a whole number from 1 as seq', String(seq)));
  else if (seq > next)
    found.push(finding('missing', columns, `seq ${next} before it`, `${seq - next} events missing`));
  else if (seq < next)
    found.push(finding('place', columns, `seq ${next}`, `seq ${seq} once more, or out of its order`));
};

/** What the body says, or the columns beside it where it need not be read now. */
const readBody = (
  columns: StoredColumns,
  head: Head,
  hasItsHash: boolean,
  found: Finding[],
): Pick<StoredColumns, 'eventId' | 'recordedAt'> => {
  const isUnread = hasItsHash && isUsual(columns);
  head.unread = isUnread ? columns : undefined;
  if (isUnread) return columns;
  const read = checkBody(columns, hasItsHash);
  for (const one of read.findings) found.push(one);
  return read;
};

const checkEventId = (
  columns: StoredColumns,
  eventId: string | undefined,
  head: Head,
  found: Finding[],
): void => {
  if (eventId === undefined) return;
  if (head.eventIds.has(eventId))
    found.push(finding('event-id', columns, 'an eventId that is new in its stream', quoted(eventId)));
  head.eventIds.add(eventId);
};

const checkTime = (
  columns: StoredColumns,
  recordedAt: string | undefined,
  head: Head,
  found: Finding[],
): void => {
  if (recordedAt === undefined) return;
  if (recordedAt <= head.recordedAt)
    found.push(finding('time', columns, `recordedAt after ${head.recordedAt}`, recordedAt));
  head.recordedAt = recordedAt;
};
