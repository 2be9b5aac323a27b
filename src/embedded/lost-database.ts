import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '../events/event-store.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { databaseFile, hasDatabase } from './database-file.ts';

/** A ledger's folder held events, but its database does not. */
export interface LostDatabase {
  /** The evidence: `a sealed log of 530 events`. */
  readonly held: string;
  readonly database: 'missing' | 'empty';
}

/**
 * Checks whether the database of a ledger's folder is missing although the folder held events. Call it before
 * opening the database, which would create a new one.
 */
export const lostDatabase = (folder: string): LostDatabase | undefined => {
  if (hasDatabase(folder)) return undefined;
  const held = heldEvents(folder);
  return held === undefined ? undefined : { held, database: 'missing' };
};

/** Checks whether an open database has no event although the folder held some. */
export const emptiedDatabase = async (
  folder: string,
  store: Pick<EventStore, 'columns'>,
): Promise<LostDatabase | undefined> => {
  const held = heldEvents(folder);
  if (held === undefined) return undefined;
  return (await hasEvents(store)) ? undefined : { held, database: 'empty' };
};

/** Whether a store holds any event. Reads one batch at most. */
export const hasEvents = async (store: Pick<EventStore, 'columns'>): Promise<boolean> => {
  for await (const batch of store.columns()) if (batch.length > 0) return true;
  return false;
};

/** Describes the loss with the remedy. */
const lostText = (folder: string, { held, database }: LostDatabase): string =>
  `The ledger in ${folder} has ${held}, but its database is ${database}. Restore ${databaseFile(folder)} from a backup, or name another ledger with --ledger.`;

/** Throws an `InvalidInputError` with {@link lostText} if the database is lost. */
export const refuseLost = (folder: string, lost: LostDatabase | undefined): void => {
  if (lost) throw new InvalidInputError(lostText(folder, lost));
};

const heldEvents = (folder: string): string | undefined => {
  const sealed = Math.max(
    0,
    ...foldersIn(join(folder, 'log')).map((log) => sealedEvents(join(log, 'checkpoint'))),
  );
  if (sealed > 0) return `a sealed log of ${sealed} event${sealed === 1 ? '' : 's'}`;
  return filesIn(join(folder, 'archive', 'segments')) > 0 ? 'an archive of events' : undefined;
};

/**
 * The number of events in a log according to its checkpoint. The second line has the log's size; its first
 * leaf is the log's name.
 */
const sealedEvents = (checkpoint: string): number => {
  if (!existsSync(checkpoint)) return 0;
  const [, size] = readFileSync(checkpoint, 'utf8').split('\n');
  return Math.max(0, Number(size) - 1 || 0);
};

const filesIn = (folder: string): number => (existsSync(folder) ? readdirSync(folder).length : 0);

const foldersIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
