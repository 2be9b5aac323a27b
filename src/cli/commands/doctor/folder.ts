import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../../adapters/sqlite/database.ts';
import type { ReadOnlyArchive } from '../../../archive/archive-store.ts';
import { checkArchive } from '../../../archive/check/check-archive.ts';
import { type ArchiveDifference, unlessUnreadable } from '../../../archive/check/difference.ts';
import { readCatalogue } from '../../../archive/newest-catalogue.ts';
import { type Diagnosis, examined, fine, why, wrong } from '../../../doctor/diagnosis.ts';
import * as checks from '../../../doctor/embedded-checks.ts';
import { givenUp, horizon, tampering, waiting } from '../../../doctor/ledger-checks.ts';
import { notingRows } from '../../../doctor/state-rows.ts';
import { feedBacklog, feedEnd } from '../../../embedded/change-feed.ts';
import { hasDatabase } from '../../../embedded/database-file.ts';
import { type EmbeddedStores, openStoresToRead } from '../../../embedded/embedded-stores.ts';
import { modeFound } from '../../../embedded/folder-mode.ts';
import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { emptiedDatabase, type LostDatabase, lostDatabase } from '../../../embedded/lost-database.ts';
import type { EventStore } from '../../../events/event-store.ts';
import { CONSUMERS } from '../../../handlers/redrive/dead-letter.ts';
import type { Env } from '../../../handlers/runtime/settings.ts';
import { compare } from '../../../projections/compare.ts';
import { readHorizon } from '../../../projections/horizon.ts';
import { ledgerFleet } from '../../../projections/ledger-fleet.ts';
import { oldestRequest } from '../../../projections/oldest-request.ts';
import { tamperedMarks } from '../../../projections/tampered-mark.ts';
import { checkEvents } from '../../../verifier/check-events.ts';
import type { Finding } from '../../../verifier/finding.ts';
import { openSealedCheck } from '../../ledger/sealed-check.ts';
import { showEvents, showRows } from '../../ledger/show-reading.ts';
import type { ShowProgress } from '../../progress.ts';

/**
 * Diagnoses an embedded ledger in its folder. It changes nothing and does not run the consumers, which would
 * repair the problems that it should find. `show` is given the progress of each check.
 */
export const doctorFolder = async (
  folder: string,
  env: Env,
  now: Date,
  show: ShowProgress,
): Promise<readonly Diagnosis[]> => {
  const type = (command: string) => `tagledger ${command} --ledger ${folder}`;
  const found = folderDiagnosis(folder);
  if (found.verdict !== 'ok') return [found];
  let embedded: Required<EmbeddedStores>;
  try {
    embedded = openStoresToRead(folder);
  } catch (error) {
    return [found, wrong('database', why(error), 'see the message')];
  }
  const { database, coordination, archived, deadLetters } = embedded;
  try {
    const opened = await databaseDiagnosis(folder, embedded);
    if (opened.verdict !== 'ok') return [found, opened];
    const store = showEvents(embedded.store, show, feedEnd(database));
    const states = showRows(embedded.states, show);
    return [
      found,
      opened,
      checks.mode(modeOf(folder, database)),
      ...(await examined('events', async () => eventsAndSeal(folder, env, store, { now, show }))),
      ...(await examined('change feed', async () => [checks.feed(backlogOf(database), type('consume'))])),
      ...(await examined('dead letters', async () => [
        givenUp(deadLetters.messages().length, 'the database', type('redrive')),
      ])),
      ...(await examined('state', async () => {
        const noted = notingRows(states);
        const compared = compare({ store, states: noted.states });
        const found = await listed(compared, ({ differences }) => differences);
        return checks.rows(found, noted.facts, type);
      })),
      ...(await examined('requests', async () => [
        waiting(await oldestRequest(store, states), now, type('why RESOURCE')),
      ])),
      ...(await examined('horizon', async () =>
        horizon(
          await readHorizon(store, now.toISOString(), ledgerFleet(store).span),
          now,
          type('ingest FILE'),
        ),
      )),
      ...(await examined('tampering', async () => [
        tampering(await tamperedMarks(coordination), type('verify')),
      ])),
      ...(await examined('archive', async () => [
        checks.archive(await archiveFound(archived, store), type('archive rebuild')),
      ])),
    ];
  } finally {
    embedded.close();
  }
};

/**
 * Checks that the folder is a ledger's and has a database, because opening a missing database would create
 * it.
 */
const folderDiagnosis = (folder: string): Diagnosis => {
  try {
    if (!findLedgerFolder(folder)) {
      return wrong(
        'folder',
        `there is no ledger at ${folder}`,
        'tagledger ingest FILE, or name another one with --ledger',
      );
    }
  } catch (error) {
    return wrong(
      'folder',
      why(error),
      'name another folder with --ledger, or restore this one from a backup',
    );
  }
  const lost = lostDatabase(folder);
  if (lost) return lostDiagnosis('folder', folder, lost);
  return hasDatabase(folder)
    ? fine('folder', `${folder} is a ledger`)
    : wrong('folder', `${folder} has no database: db/ is missing`, 'restore the folder from a backup');
};

const modeOf = (folder: string, database: Database): Parameters<typeof checks.mode>[0] => {
  const { mode, isKnown } = modeFound(findLedgerFolder(folder) ?? {}, database);
  return isKnown ? mode : 'unknown';
};

/** Checks that the open database is whole, and has events if the folder held some. */
const databaseDiagnosis = async (
  folder: string,
  { database, store }: Pick<EmbeddedStores, 'database' | 'store'>,
): Promise<Diagnosis> => {
  try {
    const checked = checks.database(integrityOf(database));
    const emptied = checked.verdict === 'ok' ? await emptiedDatabase(folder, store) : undefined;
    return emptied ? lostDiagnosis('database', folder, emptied) : checked;
  } catch (error) {
    return wrong('database', why(error), 'see the message');
  }
};

const lostDiagnosis = (check: string, folder: string, { held, database }: LostDatabase): Diagnosis =>
  wrong(check, `${folder} has ${held}, but its database is ${database}`, 'restore db/ from a backup');

/**
 * The findings of `verify` about the events and, if there is a log, about the log. Both come from one read of
 * the ledger.
 */
const eventsAndSeal = async (
  folder: string,
  env: Env,
  store: EventStore,
  { now, show }: { readonly now: Date; readonly show: ShowProgress },
): Promise<readonly Diagnosis[]> => {
  const key = join(folder, 'seal.vkey');
  const sealed = existsSync(key)
    ? await openSealedCheck({ ledger: folder, env, console: { progress: show } }, { key })
    : undefined;
  const integrity = checkEvents();
  const findings: Finding[] = [];
  const ofLog = [...(sealed?.findings ?? [])];
  for await (const batch of store.columns()) {
    for (const columns of batch) {
      findings.push(...integrity.add(columns));
      ofLog.push(...(sealed?.add(columns) ?? []));
    }
  }
  findings.push(...integrity.end());
  const end = await sealed?.end();
  ofLog.push(...(end?.findings ?? []));
  const { summary } = end ?? {};
  const unsealed = { count: 0, ...summary?.unsealed };
  return [
    checks.events(findings, integrity.counts.events, `tagledger verify --ledger ${folder}`),
    checks.sealing(
      sealed && { findings: ofLog, sealed: summary?.sealed ?? 0, unsealed },
      integrity.counts.events,
      now,
      ofLog.length > 0
        ? `tagledger verify --key ${key} --ledger ${folder}`
        : `tagledger seal --ledger ${folder}`,
    ),
  ];
};

/** What SQLite says of the database's pages and indexes (https://www.sqlite.org/pragma.html#pragma_integrity_check). */
const integrityOf = (database: Database): string =>
  database.get<{ integrity_check: string }>('PRAGMA integrity_check(1)')?.integrity_check ?? 'no answer';

const backlogOf = (database: Database): checks.Backlog =>
  Object.fromEntries(CONSUMERS.map((name) => [name, feedBacklog(database, name).length]));

/** What a check of the archive found; undefined when there is none. */
const archiveFound = async (
  archive: ReadOnlyArchive,
  store: EventStore,
): Promise<Parameters<typeof checks.archive>[0]> => {
  // What is damaged is there: the check names it.
  const isThere = await unlessUnreadable(
    '',
    () => {},
    async () => (await readCatalogue(archive)) !== undefined,
  );
  if (isThere === false) return undefined;
  const differences: ArchiveDifference[] = [];
  const { undigested } = await checkArchive(archive, store, (one) => differences.push(one));
  return { differences, undigested };
};

const listed = async <T, P>(items: AsyncIterable<T>, pick: (item: T) => readonly P[]): Promise<P[]> => {
  const all: P[] = [];
  for await (const item of items) all.push(...pick(item));
  return all;
};
