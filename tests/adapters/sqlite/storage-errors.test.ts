import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDatabase, openDatabaseToRead } from '../../../src/adapters/sqlite/database.ts';
import { storageError } from '../../../src/adapters/sqlite/storage-error.ts';
import { InvalidInputError, StorageError } from '../../../src/shared/errors.ts';
import { temporaryDatabase } from './temporary-database.ts';

const test = suite('errors of a database are named with their cause');

const removed: (() => void)[] = [];
test.after(() => {
  for (const remove of removed) remove();
});

/** A closed database of some pages. */
const closed = (): string => {
  const { database, path, remove } = temporaryDatabase();
  removed.push(remove);
  for (let i = 0; i < 50; i++)
    database.run('INSERT INTO dead_letters (message) VALUES (?)', 'x'.repeat(2_000));
  database.close();
  return path;
};

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StorageError || error instanceof InvalidInputError, String(error));
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

const byHand = (path: string, sql: string): void => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};

const CASES: readonly (readonly [what: string, harm: (path: string) => void, says: RegExp])[] = [
  ['a truncated file', (path) => truncateSync(path, 10_000), /is damaged: SQLite cannot read its pages\./],
  [
    'a page of other bytes',
    (path) => {
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0xa5, 4_096));
    },
    /is damaged: /,
  ],
  ['a file of other bytes', (path) => writeFileSync(path, 'x'.repeat(9_000)), /not a tagledger database/],
  [
    'a database of another program',
    (path) => byHand(path, 'PRAGMA application_id = 7'),
    /is the database of another program\. Name another folder/,
  ],
  [
    'a database that a newer version wrote',
    (path) => byHand(path, 'PRAGMA user_version = 99'),
    /A newer version of tagledger wrote .*version 99.*Upgrade tagledger\./,
  ],
];

for (const [what, harm, says] of CASES) {
  for (const [how, open] of [
    ['to read', openDatabaseToRead],
    ['to write', openDatabase],
  ] as const) {
    test(`${what}, opened ${how}`, () => {
      const path = closed();
      harm(path);
      const message = messageOf(() => open(path).all('SELECT message FROM dead_letters'));
      assert.match(message, says);
      assert.match(message, path);
    });
  }
}

test('a full disk: what was stored before stays, and there is room again after it', () => {
  const { database, path, remove } = temporaryDatabase();
  removed.push(remove);
  const insert = () => database.run('INSERT INTO dead_letters (message) VALUES (?)', 'x'.repeat(50_000));
  insert();
  database.get('PRAGMA max_page_count = 40');
  const message = messageOf(() => {
    for (;;) insert();
  });
  assert.match(message, /^The disk is full: .* cannot grow\. Free some space and repeat the command/);
  database.get('PRAGMA max_page_count = 400');
  insert();
  database.close();
  const reader = openDatabaseToRead(path);
  assert.ok(reader.all('SELECT id FROM dead_letters').length >= 2);
  reader.close();
});

test('a reader cannot write', () => {
  const path = closed();
  const reader = openDatabaseToRead(path);
  assert.match(
    messageOf(() => reader.run('DELETE FROM objects')),
    `No permission to write ${path}`,
  );
  reader.close();
});

test('an error without a result code is told by its text, and an error of other code is passed on', () => {
  const thrown = (fields: object, message: string) => () => {
    throw Object.assign(new Error(message), fields);
  };
  const at = storageError('x.sqlite');
  const sqlite = { code: 'ERR_SQLITE_ERROR' };
  assert.match(
    messageOf(() => at(thrown(sqlite, 'database is locked'))),
    'x.sqlite is locked by another process',
  );
  assert.match(
    messageOf(() => at(thrown(sqlite, 'disk I/O error'))),
    'The disk failed',
  );
  assert.match(
    messageOf(() => at(thrown(sqlite, 'no such table: t'))),
    'SQLite cannot use x.sqlite (no such table: t)',
  );
  assert.throws(() => at(thrown({}, 'a bug')), /^a bug$/);
});

// root may read everything, so that this shows nothing there.
(process.getuid?.() === 0 ? test.skip : test)('a file that may not be read', () => {
  const path = closed();
  chmodSync(path, 0o000);
  assert.match(
    messageOf(() => openDatabaseToRead(path)),
    /No permission to /,
  );
});

test.run();
