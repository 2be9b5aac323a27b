import type { Database } from '../adapters/sqlite/database.ts';
import { type EventRow, storedIn } from '../adapters/sqlite/event-store.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import type { CursoredFeed } from '../stream-consumer/event-source-mapping.ts';

/**
 * The change feed of an embedded ledger: its events in the order of appending, and the position that each
 * consumer has reached. An event is in the feed as soon as it is appended. A consumer commits its cursor after
 * its work; what it did not commit is delivered again.
 */
export const changeFeed = (database: Database): CursoredFeed => ({
  async read(consumer, max) {
    const rows = database.all<EventRow>(
      'SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?',
      cursorOf(database, consumer),
      max,
    );
    const last = rows.at(-1);
    if (!last) return undefined;
    const entries = rows.map((row) => ({ position: row.position, recorded: readRecorded(storedIn(row)) }));
    return { entries, next: last.position };
  },

  commit(consumer, next) {
    database.run(
      `INSERT INTO cursors (consumer, position) VALUES (?, ?)
       ON CONFLICT (consumer) DO UPDATE SET position = max(position, excluded.position)`,
      consumer,
      next,
    );
  },
});

/** The position of the last event of the feed; 0 if there is none. */
export const feedEnd = (database: Database): number =>
  database.get<{ position: number | null }>('SELECT max(position) AS position FROM events')?.position ?? 0;

/** The events that a consumer has not read yet, in the order of appending. */
export const feedBacklog = (database: Database, consumer: string): readonly RecordedEvent[] =>
  database
    .all<EventRow>('SELECT * FROM events WHERE position > ? ORDER BY position', cursorOf(database, consumer))
    .map((row) => readRecorded(storedIn(row)));

const cursorOf = (database: Database, consumer: string): number =>
  database.get<{ position: number }>('SELECT position FROM cursors WHERE consumer = ?', consumer)?.position ??
  0;
