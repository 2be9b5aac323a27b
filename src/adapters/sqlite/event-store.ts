import { type EventStore, type Place, refuseTooLarge, SeqConflictError } from '../../events/event-store.ts';
import type { StoredColumns } from '../../events/ledger-line.ts';
import { type RecordedEvent, readRecorded, type StoredEvent } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import type { Database } from './database.ts';

/** A row of the table `events`. */
export interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly seq: number;
  readonly prev: Uint8Array;
  readonly hash: Uint8Array;
  readonly body: string;
}

/**
 * The stored event in a row. Somebody may have replaced the table by one without types: a hash that is not bytes
 * is empty then, and a body that is not text is its text, so that neither matches.
 */
export const storedIn = ({ stream, seq, prev, hash, body }: EventRow): StoredEvent => ({
  stream: String(stream),
  seq,
  prev: hex(prev),
  hash: hex(hash),
  body: String(body),
});

/** An {@link EventStore} in the table `events` of an embedded ledger. */
export const sqliteStore = (database: Database): EventStore => {
  const at = ({ stream, seq }: Place): RecordedEvent | undefined => {
    const row = database.get<EventRow>('SELECT * FROM events WHERE stream = ? AND seq = ?', stream, seq);
    return row && readRecorded(storedIn(row));
  };

  /** All rows behind a place, stream by stream. No statement stays open, so that a consumer may write. */
  function* pages(after?: ResourceArn): Generator<EventRow[]> {
    let last: Place = { stream: after ?? ('' as ResourceArn), seq: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const rows = database.all<EventRow>(
        'SELECT * FROM events WHERE (stream, seq) > (?, ?) ORDER BY stream, seq LIMIT ?',
        last.stream,
        last.seq,
        PAGE,
      );
      if (rows.length > 0) yield rows;
      const end = rows.at(-1);
      if (!end || rows.length < PAGE) return;
      last = { stream: end.stream as ResourceArn, seq: end.seq };
    }
  }

  return {
    async append(event) {
      refuseTooLarge(event);
      const { stream, seq, prev, hash, body } = event;
      return database.transact(() => {
        const there = at(event);
        if (there) {
          if (there.event.eventId !== event.event.eventId) throw new SeqConflictError(event);
          return { event: there, fresh: there.hash === hash };
        }
        database.run(
          'INSERT INTO events (stream, seq, prev, hash, body) VALUES (?, ?, ?, ?, ?)',
          stream,
          seq,
          Buffer.from(prev, 'hex'),
          Buffer.from(hash, 'hex'),
          body,
        );
        return { event, fresh: true };
      });
    },

    async read(stream) {
      return database
        .all<EventRow>('SELECT * FROM events WHERE stream = ? ORDER BY seq', stream)
        .map((row) => readRecorded(storedIn(row)));
    },

    async find(places) {
      const distinct = new Map(places.map((place) => [`${place.seq} ${place.stream}`, place]));
      return [...distinct.values()].flatMap((place) => at(place) ?? []);
    },

    async *readAll(after) {
      for (const rows of pages(after)) for (const row of rows) yield readRecorded(storedIn(row));
    },

    async *columns() {
      for (const rows of pages()) yield rows.map(columnsIn);
    },

    async *recordedBetween(from, to) {
      for (const rows of pages()) {
        for (const row of rows) {
          const recorded = readRecorded(storedIn(row));
          if (from <= recorded.recordedAt && recorded.recordedAt <= to) yield recorded;
        }
      }
    },
  };
};

/** The rows of one page. It bounds the memory of a scan. */
const PAGE = 500;

const hex = (bytes: unknown): string =>
  bytes instanceof Uint8Array
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
    : '';

/** The copied columns come from `body`. A body that is not JSON has none. */
const columnsIn = (row: EventRow): StoredColumns => {
  const { stream, seq, prev, hash, body } = storedIn(row);
  return { stream, seq, ...copiesIn(body), prev, hash, body };
};

const COPIES = ['type', 'eventId', 'recordedAt', 'effectiveAt'] as const;

const copiesIn = (body: string): Partial<StoredColumns> => {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = Object(JSON.parse(body));
  } catch {
    return {}; // Verification reports a body that is not JSON.
  }
  return Object.fromEntries(
    COPIES.flatMap((name) => (typeof fields[name] === 'string' ? [[name, fields[name]]] : [])),
  );
};
