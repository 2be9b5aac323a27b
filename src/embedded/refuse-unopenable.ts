import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { InvalidInputError } from '../shared/errors.ts';

interface Database {
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens and closes the database in the folder `path` as a test. dynalite throws an opening error where nobody
 * can catch it, which ends the process. Rejects with an `InvalidInputError` if another process holds
 * LevelDB's lock, which ends with that process.
 */
export const refuseUnopenable = async (path: string): Promise<void> => {
  const fromDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const { Level }: { Level: new (path: string) => Database } = fromDynalite('level');
  const database = new Level(path);
  try {
    await database.open();
  } catch (error) {
    const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
    if (cause?.code !== 'LEVEL_LOCKED') throw cause ?? error;
    throw new InvalidInputError(
      `got ${dirname(path)}, which another tagledger is using: try again when it has ended, or name another folder`,
      { cause },
    );
  } finally {
    await database.close();
  }
};
