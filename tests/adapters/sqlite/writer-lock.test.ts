import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lockForWriting } from '../../../src/adapters/sqlite/writer-lock.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';

const test = suite('the lock of the one writer');

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-lock-'));
  folders.push(folder);
  return folder;
};
test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const refusalOf = async (locking: Promise<() => void>): Promise<string> => {
  const error = await locking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, InvalidInputError);
  return (error as Error).message;
};

test('a second writer is refused in one sentence that names the process of the first', async () => {
  const folder = fresh();
  const unlock = await lockForWriting(folder);
  const message = await refusalOf(lockForWriting(folder, 0));
  assert.match(message, `The ledger in ${join(folder, '..')} is in use: process ${process.pid} (tagledger`);
  assert.match(message, /, since \d{4}-\S+Z\) writes to it\. Try again when it has ended; /);
  unlock();
});

test('a second writer that waits gets the lock when the first gives it up', async () => {
  const folder = fresh();
  const unlock = await lockForWriting(folder);
  const second = lockForWriting(folder, 60_000);
  unlock();
  const unlockSecond = await second;
  assert.match(await refusalOf(lockForWriting(folder, 0)), 'is in use');
  unlockSecond();
});

test('the lock can be taken again once it was given up, and nobody is named any more', async () => {
  const folder = fresh();
  (await lockForWriting(folder))();
  assert.not.ok(existsSync(join(folder, 'writer.json')));
  (await lockForWriting(folder, 0))();
});

test('a first writer that has not said who it is yet is another process', async () => {
  const folder = fresh();
  const unlock = await lockForWriting(folder);
  rmSync(join(folder, 'writer.json'));
  assert.match(await refusalOf(lockForWriting(folder, 0)), 'is in use: another process writes to it.');
  unlock();
});

test.run();
