import { marshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { GENESIS } from '../../events/hash-chain.ts';
import type { StoredColumns } from '../../events/ledger-line.ts';
import { type RecordedEvent, readRecorded, UnreadableEventError } from '../../events/recorded-event.ts';
import type { Item } from './paging.ts';

const text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const hash = v.pipe(
  v.object({ B: v.pipe(v.instance(Uint8Array), v.length(32, 'expected 32 bytes')) }),
  v.transform(({ B }) => Buffer.from(B).toString('hex')),
);

/** Only the record is parsed, so no other attribute of an item can prevent reading it. */
const ItemSchema = v.object({
  stream: text,
  seq: v.pipe(
    v.object({ N: v.string() }),
    v.transform(({ N }) => Number(N)),
    v.safeInteger(),
    v.minValue(1),
  ),
  /** Absent on the first event of a stream. */
  prev: v.optional(hash),
  hash,
  body: text,
});

/** The primary key of an event's item: `stream` (S) and `seq` (N). */
export const keyOf = ({ stream, seq }: Pick<RecordedEvent, 'stream' | 'seq'>): Item =>
  marshall({ stream, seq });

/**
 * The item of an event. `body`, `prev` and `hash` are the record; `type`, `eventId`, `recordedAt` and
 * `effectiveAt` are copies for filters. Hashes are stored as 32 bytes, which keeps a typical item under 1 KB.
 */
export const toItem = ({ stream, seq, recordedAt, prev, hash, body, event }: RecordedEvent): Item =>
  marshall({
    stream,
    seq,
    type: event.type,
    eventId: event.eventId,
    recordedAt,
    effectiveAt: event.effectiveAt,
    ...(prev !== GENESIS && { prev: Buffer.from(prev, 'hex') }),
    hash: Buffer.from(hash, 'hex'),
    body,
  });

/** Reads the event in an item. Throws an `UnreadableEventError` for an item that is not one. */
export const fromItem = (item: Item): RecordedEvent => {
  const parsed = v.safeParse(ItemSchema, item);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UnreadableEventError(
      String(item.stream?.S),
      Number(item.seq?.N),
      `${v.getDotPath(issue) ?? 'item'}: ${issue.message}`,
    );
  }
  const { prev = GENESIS, ...stored } = parsed.output;
  return readRecorded({ ...stored, prev });
};

/**
 * The columns of an item as stored. Columns of another type, which
 * {@link toItem} does not write, are left out.
 */
export const columnsIn = (item: Item): StoredColumns => {
  const prev = item.prev ? hexIn(item, 'prev') : { prev: GENESIS };
  return {
    stream: String(item.stream?.S),
    seq: Number(item.seq?.N),
    ...textIn(item, 'type'),
    ...textIn(item, 'eventId'),
    ...textIn(item, 'recordedAt'),
    ...textIn(item, 'effectiveAt'),
    ...prev,
    ...hexIn(item, 'hash'),
    ...textIn(item, 'body'),
  };
};

const textIn = (item: Item, name: keyof StoredColumns): Partial<StoredColumns> => {
  const text = item[name]?.S;
  return text === undefined ? {} : { [name]: text };
};

const hexIn = (item: Item, name: 'prev' | 'hash'): Partial<StoredColumns> => {
  const bytes = item[name]?.B;
  return bytes === undefined ? {} : { [name]: Buffer.from(bytes).toString('hex') };
};
