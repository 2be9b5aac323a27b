import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Database, openDatabase, openDatabaseToRead } from '../../../src/adapters/sqlite/database.ts';
import { sqliteStore } from '../../../src/adapters/sqlite/event-store.ts';
import { InvalidInputError, StorageError } from '../../../src/shared/errors.ts';
import { listOf } from '../../support/async.ts';
import { appendAll } from '../../support/doubles.ts';
import { applied, chain, requested } from '../../support/events.ts';

const test = suite('the database of an embedded ledger');

const folder = mkdtempSync(join(tmpdir(), 'tagledger-database-'));
let count = 0;
const fresh = (): string => join(folder, `${count++}.sqlite`);
const open: Database[] = [];
const opened = (how: typeof openDatabase, path: string): Database => {
  const database = how(path);
  open.push(database);
  return database;
};
const writer = (path = fresh()) => opened(openDatabase, path);
const reader = (path: string) => opened(openDatabaseToRead, path);
test.after(() => {
  for (const database of open) database.close();
  rmSync(folder, { recursive: true });
});

const put = (database: Database, name: string) =>
  database.run('INSERT INTO objects (name, bytes) VALUES (?, ?)', name, Buffer.from(name));
const namesIn = (database: Database) =>
  database.all<{ name: string }>('SELECT name FROM objects ORDER BY name').map(({ name }) => name);
/** The names that a process sees that opens the database now. */
const storedIn = (path: string) => {
  const database = openDatabaseToRead(path);
  const names = namesIn(database);
  database.close();
  return names;
};

const EVENTS = chain([requested('r1'), applied('a1')]);

test('a reader keeps the state at which it was opened, whatever a writer does beside it', async () => {
  const path = fresh();
  const store = sqliteStore(writer(path));
  await appendAll(store, EVENTS.slice(0, 1));
  const before = sqliteStore(reader(path));
  await appendAll(store, EVENTS.slice(1));
  assert.equal(await listOf(before.readAll()), EVENTS.slice(0, 1));
  assert.equal(await listOf(sqliteStore(reader(path)).readAll()), EVENTS);
  assert.equal(await listOf(before.readAll()), EVENTS.slice(0, 1));
});

test('a reader sees nothing of a transaction that is open', async () => {
  const path = fresh();
  const database = writer(path);
  await database.atomically(async () => {
    put(database, 'a');
    assert.equal(namesIn(database), ['a']);
    assert.equal(storedIn(path), []);
  });
  assert.equal(storedIn(path), ['a']);
});

test('a closed reader holds nothing back, and a closed writer leaves all in the one file', async () => {
  const path = fresh();
  const database = openDatabase(path);
  put(database, 'a');
  openDatabaseToRead(path).close();
  database.close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  assert.equal(storedIn(path), ['a']);
});

test('a transaction that fails leaves nothing, and closes the database', async () => {
  const path = fresh();
  const database = writer(path);
  put(database, 'before');
  const failing = database.atomically(async () => {
    put(database, 'a');
    database.transact(() => put(database, 'b'));
    await Promise.resolve();
    throw new Error('no');
  });
  assert.is(await failing.catch(({ message }: Error) => message), 'no');
  assert.throws(() => put(database, 'after'), /was closed after an earlier failure/);
  assert.equal(storedIn(path), ['before']);
});

test('a transaction in which a statement failed is not committed, even if the work goes on', async () => {
  const path = fresh();
  const database = writer(path);
  const failing = database.atomically(async () => {
    put(database, 'a');
    assert.throws(() => put(database, 'a'), /UNIQUE constraint failed/);
    assert.throws(() => put(database, 'b'), /UNIQUE constraint failed/);
  });
  assert.instance(await failing.catch((error: unknown) => error), StorageError);
  assert.equal(storedIn(path), []);
});

test('work that is still under way when the transaction fails stores nothing afterwards', async () => {
  const path = fresh();
  const database = writer(path);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const late = gate.then(() => put(database, 'late'));
  await database.atomically(() => Promise.all([late, Promise.reject(new Error('no'))])).catch(() => {});
  release();
  assert.match(await late.then(String, String), 'was closed after an earlier failure');
  assert.equal(storedIn(path), []);
});

test('a transaction that fails alone is rolled back, and the database stays open', () => {
  const path = fresh();
  const database = writer(path);
  const failing = () =>
    database.transact(() => {
      put(database, 'a');
      throw new Error('no');
    });
  assert.throws(failing, /^no$/);
  put(database, 'b');
  assert.equal(storedIn(path), ['b']);
});

for (const [how, sql] of [
  ['changed', "UPDATE events SET body = '{}'"],
  ['removed', 'DELETE FROM events WHERE seq = 2'],
  ['replaced', 'INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1'],
  [
    'replaced at its place',
    "INSERT OR REPLACE INTO events (stream, seq, prev, hash, body) SELECT stream, seq, prev, hash, '{}' FROM events",
  ],
  [
    'replaced at its position',
    "INSERT OR REPLACE INTO events (position, stream, seq, prev, hash, body) SELECT position, 'x', 1, prev, hash, '{}' FROM events WHERE seq = 1",
  ],
] as const) {
  test(`an event cannot be ${how}, past the store either`, async () => {
    const database = writer();
    await appendAll(sqliteStore(database), EVENTS);
    assert.throws(() => database.run(sql), /the ledger is append-only/);
    assert.equal(await listOf(sqliteStore(database).readAll()), EVENTS);
  });
}

test('where no database is, a reader sees an empty one, and makes none', () => {
  const path = fresh();
  assert.equal(namesIn(reader(path)), []);
  assert.not.ok(existsSync(path));
});

test('a database whose first writer was killed before its tables were there is empty, and can be written', () => {
  const path = fresh();
  writeFileSync(path, '');
  assert.equal(storedIn(path), []);
  put(writer(path), 'a');
  assert.equal(storedIn(path), ['a']);
});

test('a database of a newer version, and one of another program, is refused and stays as it is', () => {
  for (const [pragma, says] of [
    ['user_version = 99', /A newer version of tagledger wrote .* 99, .* Upgrade tagledger\./],
    ['application_id = 1', /is the database of another program\. Name another folder/],
  ] as const) {
    const path = fresh();
    const database = openDatabase(path);
    database.get(`PRAGMA ${pragma}`);
    database.close();
    for (const how of [openDatabase, openDatabaseToRead]) {
      assert.throws(
        () => how(path),
        (error: unknown) => error instanceof InvalidInputError && says.test(error.message),
      );
    }
  }
});

test.run();
