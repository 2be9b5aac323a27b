import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import * as v from 'valibot';
import { InvalidInputError } from '../../shared/errors.ts';
import { resultCode, storageError } from './storage-error.ts';

/** How long a second writer waits for the first, and how often it looks, in milliseconds. */
const [WAIT_MS, LOOK_MS] = [5_000, 100];

const HolderSchema = v.object({ pid: v.number(), command: v.string(), since: v.string() });
type Holder = v.InferOutput<typeof HolderSchema>;

/**
 * Makes this process the only writer of the database in `folder`, and returns a function that ends that. The
 * operating system ends it too when the process dies: the lock is a SQLite transaction on a file of its own.
 *
 * If another process is the writer, waits up to `waitMs`, then rejects with an `InvalidInputError` that names
 * the other process.
 */
export const lockForWriting = async (folder: string, waitMs = WAIT_MS): Promise<() => void> => {
  const path = join(folder, 'writer.lock');
  const holder = join(folder, 'writer.json');
  const at = storageError(path);
  accessSync(folder, constants.W_OK);
  const lock = at(() => new DatabaseSync(path, { timeout: 0 }));
  try {
    for (let waited = 0; !at(() => isLocked(lock)); waited += LOOK_MS) {
      if (waited >= waitMs) throw new InvalidInputError(busyText(folder, holderIn(holder)));
      await sleep(LOOK_MS);
    }
    writeFileSync(holder, JSON.stringify(thisProcess()));
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => {
    rmSync(holder, { force: true });
    lock.close();
  };
};

/** Tries to take the lock, and returns whether it has it. */
const isLocked = (lock: DatabaseSyncInstance): boolean => {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (resultCode(error) !== SQLITE_BUSY) throw error;
    return false;
  }
};

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

const thisProcess = (): Holder => ({
  pid: process.pid,
  command: ['tagledger', ...process.argv.slice(2, 3)].join(' '),
  since: new Date().toISOString(),
});

/** The writer, as far as it has said; it writes the file just after it took the lock. */
const holderIn = (file: string): Holder | undefined => {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), HolderSchema), text);
  return parsed.success ? parsed.output : undefined;
};

const busyText = (folder: string, holder: Holder | undefined): string => {
  const who = holder ? `process ${holder.pid} (${holder.command}, since ${holder.since})` : 'another process';
  return `The ledger in ${join(folder, '..')} is in use: ${who} writes to it. Try again when it has ended; commands that only read do not have to wait.`;
};
