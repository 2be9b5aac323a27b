import type { ReadOnlyArchive } from '../archive/archive-store.ts';
import { type ArchivedFleet, archivedOrLedger } from '../archive/archived-or-ledger.ts';
import { UnreadableArchiveError } from '../archive/compressed.ts';
import { readCatalogue } from '../archive/newest-catalogue.ts';
import { overdueRequests } from '../commands/raise-attempt.ts';
import type { ReadOnlyCoordinationStore } from '../coordination/coordination-store.ts';
import type { ReadOnlyEventStore } from '../events/event-store.ts';
import { isLedgerStream } from '../events/ledger-stream.ts';
import { ledgerFleet } from '../projections/ledger-fleet.ts';
import type { ReadOnlyStateStore } from '../projections/state-store.ts';
import { statesAhead } from '../projections/states-ahead.ts';
import { DEFAULT_RETRY } from '../tagging/retry-policy.ts';
import { feedBacklog, feedEnd } from './change-feed.ts';
import { openStoresToRead } from './embedded-stores.ts';
import { emptiedDatabase, hasEvents, lostDatabase, refuseLost } from './lost-database.ts';

/** What earlier processes left for the consumers of an embedded ledger to do. */
export interface UnfinishedWork {
  /** Events that `project` has not had yet. Answers count them: their streams are folded. */
  readonly unprojected: number;
  /** Requests that `apply` has not had yet. */
  readonly unapplied: number;
  /** Attempts that have become due, or were lost. */
  readonly due: number;
  /** Whether there are events and no archive: questions about the past then read the whole ledger. */
  readonly isArchiveMissing: boolean;
  /** Batches that a consumer gave up, and nobody ran again. Rows may lack their events. */
  readonly givenUp: number;
}

/** A ledger's folder, open for readers. */
export interface LedgerFolderReader {
  readonly store: ReadOnlyEventStore;
  readonly states: ReadOnlyStateStore;
  readonly coordination: ReadOnlyCoordinationStore;
  readonly fleet: ArchivedFleet;
  readonly archived: ReadOnlyArchive;
  readonly unfinished: UnfinishedWork;
  close(): void;
}

/** So many resources are looked at for attempts that are due; `reconcile` takes as many in one run. */
const LOOKED_AT = 1_000;

/**
 * Opens a ledger's folder to answer from it. No consumer runs, nothing is repaired, and events, rows, archive, log and
 * change feed stay as they are, byte for byte. Answers are right all the same: rows and archive are read together with
 * the events that have not come to them yet.
 *
 * Rejects with an `InvalidInputError` if the database is missing or empty although the folder held events, and with a
 * `StorageError` if the storage fails. Another process may be writing.
 *
 * `watched` is what answers read events from: the store itself, or one that tells how far a read has come. It is made
 * of the store and the number of its events. `onArchiveDamage` is told, in sentences, what of the archive cannot be read:
 * the ledger is read in its place.
 */
export const readLedgerFolder = async (
  folder: string,
  now: Date,
  {
    watched = (store) => store,
    onArchiveDamage = () => {},
  }: {
    readonly watched?: (store: ReadOnlyEventStore, events: number) => ReadOnlyEventStore;
    readonly onArchiveDamage?: (says: string) => void;
  } = {},
): Promise<LedgerFolderReader> => {
  refuseLost(folder, lostDatabase(folder));
  const opened = openStoresToRead(folder);
  const { database, coordination, archived, close } = opened;
  try {
    refuseLost(folder, await emptiedDatabase(folder, opened.store));
    const store = watched(opened.store, feedEnd(database));
    const unprojected = feedBacklog(database, 'project');
    const unapplied = feedBacklog(database, 'apply');
    const pending = unprojected.filter(({ stream }) => !isLedgerStream(stream));
    const behind = new Set(pending.map(({ stream }) => stream));
    const states = statesAhead(opened.states, store, behind);
    const isArchiveMissing = await isNoneThere(archived);
    const givenUp = opened.deadLetters.messages().length;
    return {
      store,
      states,
      coordination,
      // What was given up may never have come to the archive.
      fleet:
        givenUp > 0
          ? { ...ledgerFleet(store), reading: () => undefined }
          : archivedOrLedger(archived, store, { pending, onDamage: onArchiveDamage }),
      archived,
      unfinished: {
        unprojected: unprojected.length,
        unapplied: unapplied.filter(({ event }) => event.type === 'TagRequested').length,
        due: await attemptsDue(states, now),
        // A process that is making the ledger has not come to its archive yet.
        isArchiveMissing: isArchiveMissing && (await hasEvents(opened.store)),
        givenUp,
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
};

/** Whether there is no archive. One that is damaged is there. */
const isNoneThere = async (archived: ReadOnlyArchive): Promise<boolean> => {
  try {
    return (await readCatalogue(archived)) === undefined;
  } catch (error) {
    if (error instanceof UnreadableArchiveError) return false;
    throw error;
  }
};

const attemptsDue = async (states: ReadOnlyStateStore, now: Date): Promise<number> => {
  const lostSince = new Date(now.getTime() - DEFAULT_RETRY.stuckAfterMs);
  const due = [
    ...(await states.due('retrying', now.toISOString(), LOOKED_AT)),
    ...(await states.due('open', lostSince.toISOString(), LOOKED_AT)),
  ];
  const rows = await states.get([...new Set(due)]);
  return rows.reduce(
    (sum, { arn, resource }) => sum + overdueRequests(arn, resource, { now, ...DEFAULT_RETRY }).length,
    0,
  );
};
