import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { InvalidInputError } from '../shared/errors.ts';

interface Database {
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens and closes the database in the folder `path`. dynalite throws what is wrong with it where nobody can
 * catch it, which ends the process, so it is tried before. Throws an `InvalidInputError` when another process
 * has it, by LevelDB's own lock, which ends with its process.
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
