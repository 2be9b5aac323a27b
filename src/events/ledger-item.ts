import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { Item } from './dynamodb.ts';
import { type RecordedEvent, readRecorded, UnreadableEventError } from './recorded-event.ts';

const hash = v.pipe(
  v.instance(Uint8Array),
  v.length(32, 'expected 32 bytes'),
  v.transform((bytes) => Buffer.from(bytes).toString('hex')),
);

const ItemSchema = v.object({
  stream: v.string(),
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  prev: hash,
  hash,
  body: v.string(),
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
    prev: Buffer.from(prev, 'hex'),
    hash: Buffer.from(hash, 'hex'),
    body,
  });

/** The event in an item; throws an `UnreadableEventError` for an item that is not one. */
export const fromItem = (item: Item): RecordedEvent => {
  const fields: Record<string, unknown> = unmarshall(item);
  const parsed = v.safeParse(ItemSchema, fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UnreadableEventError(
      String(fields.stream),
      Number(fields.seq),
      `${v.getDotPath(issue) ?? 'item'}: ${issue.message}`,
    );
  }
  return readRecorded(parsed.output);
};
