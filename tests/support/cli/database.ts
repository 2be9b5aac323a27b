import { join } from 'node:path';
import { type Database, openDatabase, type SqlValue } from '../../../src/adapters/sqlite/database.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';

/** The database file of a ledger's folder. */
export const databaseFile = (folder: string): string => join(folder, 'db', 'ledger.sqlite');

/** Does something in the database of a ledger's folder past tagledger, without its lock. */
export const inDatabase = async <T>(
  folder: string,
  work: (database: Database) => T | Promise<T>,
): Promise<T> => {
  const database = openDatabase(databaseFile(folder));
  try {
    return await work(database);
  } finally {
    database.close();
  }
};

/** Does something in the database of a ledger's folder after removing the triggers that keep its events. */
export const tamper = (folder: string, work: (database: Database) => unknown): Promise<unknown> =>
  inDatabase(folder, (database) => {
    dropTriggers(database);
    return work(database);
  });

/** Removes the triggers that keep the events, as somebody can who may write the file. */
const dropTriggers = (database: Database): void => {
  for (const { name } of database.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
  ))
    database.run(`DROP TRIGGER ${name}`);
};

/** Replaces the table of the events by one that accepts values of every type. */
export const dropTypes = (database: Database): void => {
  database.run('CREATE TABLE untyped (position INTEGER PRIMARY KEY, stream, seq, prev, hash, body)');
  database.run('INSERT INTO untyped SELECT * FROM events');
  database.run('DROP TABLE events');
  database.run('ALTER TABLE untyped RENAME TO events');
};

type Place = Pick<RecordedEvent, 'stream' | 'seq'>;

/** Overwrites one column of an event. */
export const editEvent = (
  database: Database,
  { stream, seq }: Place,
  column: 'seq' | 'prev' | 'hash' | 'body',
  value: SqlValue,
): void => {
  const changed = database.run(
    `UPDATE events SET ${column} = ? WHERE stream = ? AND seq = ?`,
    value,
    stream,
    seq,
  );
  if (changed !== 1) throw new Error(`there is no event ${seq} of ${stream}`);
};

/** Removes an event. */
export const removeEvent = (database: Database, { stream, seq }: Place): void => {
  if (database.run('DELETE FROM events WHERE stream = ? AND seq = ?', stream, seq) !== 1)
    throw new Error(`there is no event ${seq} of ${stream}`);
};

/** Removes the row of a resource. */
export const removeRow = (database: Database, resource: string): void => {
  if (database.run('DELETE FROM states WHERE resource = ?', resource) !== 1)
    throw new Error(`there is no row of ${resource}`);
};
