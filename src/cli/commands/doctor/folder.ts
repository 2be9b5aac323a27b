import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dynamodbCoordinationStore } from '../../../adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbStateStore } from '../../../adapters/dynamodb/state-store.ts';
import { folderObjectStore } from '../../../adapters/folder/object-store.ts';
import { readCatalogue } from '../../../archive/catalogue.ts';
import { type ArchiveDifference, checkArchive } from '../../../archive/check-archive.ts';
import { type Diagnosis, examined, fine, unknown, why, wrong } from '../../../doctor/diagnosis.ts';
import * as checks from '../../../doctor/embedded-checks.ts';
import { givenUp, tampering, waiting } from '../../../doctor/ledger-checks.ts';
import { feedBacklog } from '../../../embedded/change-feed.ts';
import {
  type EmbeddedDynamoDB,
  embeddedDynamoDB,
  LEDGER_TABLE,
  STATE_TABLE,
} from '../../../embedded/embedded-dynamodb.ts';
import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { emptiedDatabase, type LostDatabase, lostDatabase } from '../../../embedded/lost-database.ts';
import type { EventStore } from '../../../events/event-store.ts';
import { CONSUMERS } from '../../../handlers/redrive/dead-letter.ts';
import type { Env } from '../../../handlers/runtime/settings.ts';
import { compare } from '../../../projections/compare.ts';
import { oldestRequest } from '../../../projections/oldest-request.ts';
import { tamperedMarks } from '../../../projections/tampered-mark.ts';
import { deadLettersIn } from '../../../stream-consumer/dead-letter-file.ts';
import { checkEvents } from '../../../verifier/check-events.ts';
import type { Finding } from '../../../verifier/finding.ts';
import { openSealedCheck } from '../../ledger/sealed-check.ts';

/**
 * Diagnoses an embedded ledger in its folder. It changes nothing and does not run the consumers, which would
 * repair the problems that it should find.
 */
export const doctorFolder = async (folder: string, env: Env, now: Date): Promise<readonly Diagnosis[]> => {
  const type = (command: string) => `tagledger ${command} --ledger ${folder}`;
  const found = folderDiagnosis(folder);
  if (found.verdict !== 'fine') return [found];
  let embedded: EmbeddedDynamoDB;
  try {
    embedded = await embeddedDynamoDB(join(folder, 'db'));
  } catch (error) {
    return [found, unopenable(error)];
  }
  const store = dynamodbStore(embedded.client, LEDGER_TABLE);
  const states = dynamodbStateStore(embedded.client, STATE_TABLE);
  const coordination = dynamodbCoordinationStore(embedded.client, STATE_TABLE);
  try {
    const emptied = await emptiedDatabase(folder, store);
    if (emptied) return [found, lostDiagnosis('database', folder, emptied)];
    return [
      found,
      fine('database', 'it opens, and nobody else has it'),
      ...(await examined('events', async () => eventsAndSeal(folder, env, store, now))),
      ...(await examined('change feed', async () => [
        checks.feed(await backlogOf(folder, store), type('consume')),
      ])),
      givenUp(deadLettersIn(folder), 'dropped.ndjson', type('redrive')),
      ...(await examined('state', async () => [
        checks.rows(
          await listed(compare({ store, states }), ({ differences }) => differences),
          type('rebuild'),
        ),
      ])),
      ...(await examined('requests', async () => [
        waiting(await oldestRequest(store, states), now, type('why RESOURCE')),
      ])),
      ...(await examined('tampering', async () => [
        tampering(await tamperedMarks(coordination), type('verify')),
      ])),
      ...(await examined('archive', async () => [
        checks.archive(await archiveDifferences(folder, store), type('archive rebuild')),
      ])),
    ];
  } finally {
    await embedded.close();
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
  return existsSync(join(folder, 'db'))
    ? fine('folder', `${folder} is a ledger's`)
    : wrong('folder', `${folder} has no database: db/ is missing`, 'restore the folder from a backup');
};

const lostDiagnosis = (check: string, folder: string, { held, database }: LostDatabase): Diagnosis =>
  wrong(check, `${folder} has ${held}, but its database is ${database}`, 'restore db/ from a backup');

const unopenable = (error: unknown): Diagnosis =>
  /another tagledger/.test(why(error))
    ? unknown('database', why(error), 'let the other process end, and try again')
    : wrong('database', `it is damaged: ${why(error)}`, 'restore the folder from a backup');

/**
 * The findings of `verify` about the events and, if there is a log, about the log. Both come from one read of
 * the ledger.
 */
const eventsAndSeal = async (
  folder: string,
  env: Env,
  store: EventStore,
  now: Date,
): Promise<readonly Diagnosis[]> => {
  const key = join(folder, 'seal.vkey');
  const sealed = existsSync(key)
    ? await openSealedCheck({ values: { key }, ledger: folder, env })
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
      now,
      ofLog.length > 0
        ? `tagledger verify --key ${key} --ledger ${folder}`
        : `tagledger seal --ledger ${folder}`,
    ),
  ];
};

/** Announced places without an event are skipped: their writer crashed before the append. */
const backlogOf = async (folder: string, store: EventStore): Promise<checks.Backlog> => {
  const behind: Record<string, number> = {};
  for (const [name, places] of feedBacklog(folder, CONSUMERS))
    behind[name] = (await store.find(places)).length;
  return behind;
};

const archiveDifferences = async (
  folder: string,
  store: EventStore,
): Promise<readonly ArchiveDifference[] | undefined> => {
  const objects = folderObjectStore(join(folder, 'archive'));
  if (!(await readCatalogue(objects))) return undefined;
  const differences: ArchiveDifference[] = [];
  await checkArchive(objects, store, (one) => differences.push(one));
  return differences;
};

const listed = async <T, P>(items: AsyncIterable<T>, pick: (item: T) => readonly P[]): Promise<P[]> => {
  const all: P[] = [];
  for await (const item of items) all.push(...pick(item));
  return all;
};
