import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { InvalidInputError, StorageError } from '../../shared/errors.ts';
import { resultCode, storageError } from './storage-error.ts';

/** A value that a statement accepts or a row contains. Integers are safe integers. */
export type SqlValue = string | number | Uint8Array | null;

/**
 * An open SQLite database of an embedded ledger.
 *
 * - A transaction is on disk when {@link transact} returns or {@link atomically} resolves. If the process or
 *   the machine dies before that, nothing of it is stored.
 * - A writer sees its own uncommitted changes. A reader sees the state at which it opened the database, for
 *   as long as it is open, whatever a writer does meanwhile.
 * - Every method throws a `StorageError` that names the cause if the storage fails: no permission, disk full,
 *   damaged, locked.
 */
export interface Database {
  /** Runs a statement and returns the number of changed rows. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[];
  /**
   * Runs `work` in one transaction, or as part of the open one. Inside an open one, `work` must throw before
   * its first change or not at all, because its changes are not rolled back separately.
   */
  transact<T>(work: () => T): T;
  /**
   * Runs `work` in one transaction, or as part of the open one. All statements of this process until it ends
   * belong to it. If `work` rejects, everything is rolled back and the database is closed: what the process
   * remembers may not have happened.
   */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

/** The version of the tables below. A database with a higher one was written by a newer tagledger. */
const SCHEMA_VERSION = 1;

/** "tagl" in ASCII: marks a SQLite file as a ledger's (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x7461676c;

/**
 * `events` is append-only, also for other programs as long as they keep the triggers (INSERT OR REPLACE does
 * not fire the one for DELETE). Its `position` is the order of appending, which makes the table the change feed
 * as well. `prev` and `hash` are 32 bytes; the other columns of an exported event are fields of `body`. The index
 * of `states` is computed from `item`, so it cannot disagree with the row.
 */
const SCHEMA = `
CREATE TABLE events (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, seq INTEGER NOT NULL,
  prev BLOB NOT NULL, hash BLOB NOT NULL, body TEXT NOT NULL,
  UNIQUE (stream, seq)
) STRICT;
CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE states (
  resource TEXT PRIMARY KEY CHECK (resource = item ->> 'resource'), item TEXT NOT NULL,
  due TEXT AS (item ->> 'due'), due_at TEXT AS (item ->> 'dueAt')
) STRICT, WITHOUT ROWID;
CREATE INDEX states_due ON states (due, due_at) WHERE due IS NOT NULL;
CREATE TABLE memos (
  key TEXT PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL,
  expires_at TEXT, due TEXT, due_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX memos_due ON memos (due, due_at) WHERE due IS NOT NULL;
CREATE TABLE cursors (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE objects (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, message TEXT NOT NULL) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The name of a database that exists only in memory. */
export const IN_MEMORY = ':memory:';

/** How long a statement waits for a lock of SQLite. Locks are held for the time of a commit or a recovery. */
const BUSY_MS = 5_000;

/**
 * The log is written to disk with every commit (`synchronous = FULL`, and `fullfsync` for macOS). It is copied
 * into the database file after 64 MB, or when the database is closed.
 */
const WRITER_PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA wal_autocheckpoint = 16384;
PRAGMA cache_size = -65536;
`;

/**
 * Opens a database for writing, and creates it if the file does not exist. The caller makes sure that there is
 * one writer: see `lockForWriting`.
 */
export const openDatabase = (path: string): Database => {
  const at = storageError(path);
  return at(() => {
    refuseForeign(path);
    const connection = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      connection.exec(WRITER_PRAGMAS);
      if (versionOf(connection, path) === 0) connection.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
    } catch (error) {
      connection.close();
      throw error;
    }
    return databaseOver(path, connection, AT_END.writer);
  });
};

/**
 * Opens a database for reading. It needs no write permission, and neither waits for a writer nor delays it.
 * SQLite's `-shm` file may change; nothing else does. A database that does not exist, or whose first writer
 * was killed before it created the tables, is read as empty.
 */
export const openDatabaseToRead = (path: string): Database => {
  const at = storageError(path);
  return at(() => {
    refuseForeign(path);
    const connection = existsSync(path) ? connectToRead(path) : undefined;
    return connection ? databaseOver(path, connection, AT_END.reader) : openDatabase(IN_MEMORY);
  });
};

/** Undefined for a database without tables. */
const connectToRead = (path: string): DatabaseSyncInstance | undefined => {
  try {
    return pinned(new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS }), path);
  } catch (error) {
    // SQLite makes the -wal file for a reader, too, which here it is not permitted to.
    if (existsSync(`${path}-wal`) || !isPermission(error)) throw error;
    return copyToRead(path);
  }
};

/**
 * Reads a copy of a database that nobody has open, because a reader without write permission cannot lock it.
 * The copy is a file of its own that is removed at once; the connection keeps it.
 */
const copyToRead = (path: string): DatabaseSyncInstance | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-'));
  const copy = join(folder, 'ledger.sqlite');
  try {
    for (let tries = 1; ; tries++) {
      const before = statSync(path);
      copyFileSync(path, copy, constants.COPYFILE_FICLONE);
      const after = statSync(path);
      const isUnchanged = before.mtimeMs === after.mtimeMs && before.size === after.size;
      if (isUnchanged && !existsSync(`${path}-wal`)) break;
      if (tries === COPIES) throw new InvalidInputError(`${path} changed while it was copied. Try again.`);
    }
    return pinned(new DatabaseSync(`${pathToFileURL(copy)}?immutable=1`, { readOnly: true }), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** How often a database is copied that a writer changes meanwhile. */
const COPIES = 3;

/** SQLITE_READONLY or SQLITE_CANTOPEN. */
const isPermission = (error: unknown): boolean => [8, 14].includes(resultCode(error));

/** Keeps the connection at the present state of the database. Undefined for a database without tables. */
const pinned = (connection: DatabaseSyncInstance, path: string): DatabaseSyncInstance | undefined => {
  try {
    connection.exec('BEGIN');
    if (versionOf(connection, path) > 0) return connection;
    closeAfter(connection, AT_END.reader);
    return undefined;
  } catch (error) {
    closeAfter(connection, AT_END.reader);
    throw error;
  }
};

/** The version of the schema; 0 for an empty database. Refuses another program's database, and a newer one. */
const versionOf = (connection: DatabaseSyncInstance, path: string): number => {
  const pragma = (name: string): number =>
    Number(Object.values(connection.prepare(`PRAGMA ${name}`).get() as object)[0]);
  const version = pragma('user_version');
  const id = pragma('application_id');
  if (version > SCHEMA_VERSION && id === APPLICATION_ID) {
    throw new InvalidInputError(
      `A newer version of tagledger wrote ${path}: its tables have version ${version}, and this version knows ${SCHEMA_VERSION}. Upgrade tagledger.`,
    );
  }
  const isNew = id === 0 && version === 0 && pragma('page_count') <= 1;
  if (id !== APPLICATION_ID && !isNew) {
    throw new InvalidInputError(
      `${path} is the database of another program. Name another folder with --ledger.`,
    );
  }
  return version;
};

/** The first bytes of every SQLite database (https://www.sqlite.org/fileformat.html). */
const MAGIC = 'SQLite format 3\0';

/** SQLite would say of any other file only that it is "not a database". */
const refuseForeign = (path: string): void => {
  if (path === IN_MEMORY || !existsSync(path)) return;
  const head = Buffer.alloc(MAGIC.length);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, MAGIC.length, 0);
    if (length === 0 || head.toString('latin1') === MAGIC) return;
  } finally {
    closeSync(file);
  }
  throw new InvalidInputError(
    `${path} is damaged or not a tagledger database: it does not begin with "SQLite format 3". Restore it from a backup, or name another folder with --ledger.`,
  );
};

/**
 * A closed connection lives on until its statements are garbage, because the driver cannot finalize them. So a
 * writer copies its log into the database file itself, without waiting for readers, and a reader gives up its
 * state of the database, with its lock.
 */
const AT_END = {
  writer: 'PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE);',
  reader: 'ROLLBACK',
} as const;

const closeAfter = (connection: DatabaseSyncInstance, atEnd: (typeof AT_END)[keyof typeof AT_END]): void => {
  try {
    connection.exec(atEnd);
  } catch {
    // The log keeps what could not be copied, and a reader's transaction may not have begun.
  }
  connection.close();
};

const databaseOver = (
  path: string,
  connection: DatabaseSyncInstance,
  atEnd: (typeof AT_END)[keyof typeof AT_END],
): Database => {
  const at = storageError(path);
  const statements = new Map<string, StatementSyncInstance>();
  const prepared = (sql: string): StatementSyncInstance => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  let isInTransaction = false;
  let isOpen = true;
  /** Why the open transaction must not be committed. */
  let failure: unknown;

  /**
   * Runs a statement. SQLite may roll back the whole transaction when one fails, as it does when the disk is
   * full. A statement after that, of work that goes on meanwhile, would be a transaction of its own.
   */
  const step = <T>(work: () => T): T => {
    if (failure !== undefined) throw failure;
    if (!isOpen) throw new StorageError(`${path} was closed after an earlier failure. Repeat the command.`);
    try {
      return at(work);
    } catch (error) {
      if (isInTransaction) failure = error;
      throw error;
    }
  };
  const begin = () => {
    step(() => connection.exec('BEGIN IMMEDIATE'));
    isInTransaction = true;
  };
  const commit = () => {
    step(() => connection.exec('COMMIT'));
    isInTransaction = false;
  };
  const rollBack = () => {
    isInTransaction = false;
    failure = undefined;
    try {
      connection.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back itself. The error before this one says why.
    }
  };
  const closeOnce = () => {
    if (!isOpen) return;
    isOpen = false;
    at(() => closeAfter(connection, atEnd));
  };

  return {
    run: (sql, ...values) => step(() => Number(prepared(sql).run(...values).changes)),
    get: <Row>(sql: string, ...values: readonly SqlValue[]) =>
      step(() => prepared(sql).get(...values)) as Row | undefined,
    all: <Row>(sql: string, ...values: readonly SqlValue[]) =>
      step(() => prepared(sql).all(...values)) as Row[],

    transact(work) {
      if (isInTransaction) return work();
      begin();
      try {
        const done = work();
        commit();
        return done;
      } catch (error) {
        rollBack();
        throw error;
      }
    },

    async atomically(work) {
      if (isInTransaction) return work();
      begin();
      try {
        const done = await work();
        commit();
        return done;
      } catch (error) {
        rollBack();
        closeOnce();
        throw error;
      }
    },

    close: closeOnce,
  };
};
