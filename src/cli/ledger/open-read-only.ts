import { existsSync } from 'node:fs';
import { memoryCoordinationStore } from '../../adapters/memory/coordination-store.ts';
import type { ReadOnlyArchive } from '../../archive/archive-store.ts';
import type { ArchiveReading } from '../../archive/archived-or-ledger.ts';
import type { ReadOnlyCoordinationStore } from '../../coordination/coordination-store.ts';
import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { type FileIntegrity, fileStore } from '../../exports/file-store.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import { foldedStates } from '../../projections/folded-states.ts';
import { type Horizon, horizonIn, readHorizon } from '../../projections/horizon.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import type { ReadOnlyStateStore } from '../../projections/state-store.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { claimedProvenance } from '../../verifier/export-header.ts';
import type { Context } from '../command.ts';
import { NotKnownError } from '../errors.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { interpretationContextOf } from './folder-settings.ts';
import { ledgerKindOf, noLedgerAt } from './ledger-kind.ts';
import { partText } from './part-of-ledger.ts';
import { showEvents, showFleet, showRows } from './show-reading.ts';
import { unfinishedText } from './unfinished-text.ts';

/** A ledger that a command reads. It offers no way to write. */
export interface ReadOnlyLedger {
  readonly store: ReadOnlyEventStore;
  readonly states: ReadOnlyStateStore;
  readonly coordination: ReadOnlyCoordinationStore;
  /** The fleet at a past moment: read from the archive if there is one, else from the ledger itself. */
  readonly fleet: FleetReader;
  /**
   * Until when the ledger has heard of AWS, as known at a moment. Tables without an archive know it only from recorded
   * coverage, unless the question is about the whole fleet, which reads them all.
   */
  readonly horizon: (knownAt: string, isAboutFleet?: boolean) => Promise<Horizon>;
  /** How much of a file was checked so far; absent for other ledgers. */
  readonly integrity?: () => FileIntegrity;
  /** The streams of resources with an id, if they can be found without reading the whole ledger. */
  readonly streamsWithId?: (id: string) => Promise<readonly ResourceArn[] | undefined>;
  /** The archive; absent if this kind of ledger cannot have one, or none is configured. */
  readonly archived?: ReadOnlyArchive;
  /** What answers have taken from the archive so far; absent if there can be none, undefined if they took nothing. */
  readonly archiveReading?: () => ArchiveReading | undefined;
  close(): Promise<void>;
}

/** The part of an invocation that names a ledger and receives messages about it. */
export type LedgerToRead = Pick<Context, 'ledger' | 'env' | 'console'>;

/**
 * Opens the ledger that `--ledger` names for reading: an exported file, tables in AWS, or an existing folder
 * of an embedded ledger. No consumer runs, and nothing is repaired or appended. One line on stderr says what
 * a folder's consumers have not finished. Whatever reads the whole ledger shows its progress.
 */
export const openReadOnly = async ({
  ledger: where,
  env,
  console,
}: LedgerToRead): Promise<ReadOnlyLedger> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') return openFile(where, console);
  return kind === 'folder' ? openFolder(where, console) : openTablesToRead(where, env, console);
};

/**
 * Opens a ledger like {@link openReadOnly}, but returns undefined if the folder has no ledger. Also returns
 * the context in which the ledger interprets records, or would interpret them.
 */
export const openReadOnlyIfThere = async (
  named: LedgerToRead,
): Promise<{ readonly ledger: ReadOnlyLedger | undefined; readonly context: InterpretationContext }> => {
  const { ledger: where, env } = named;
  const isFolder = ledgerKindOf(where) === 'folder';
  const marker = isFolder ? findLedgerFolder(where) : undefined;
  const context = interpretationContextOf(env, marker);
  return { ledger: isFolder && !marker ? undefined : await openReadOnly(named), context };
};

/**
 * Opens an exported ledger. State is folded from its events, because the file holds nothing else: no cursors
 * and no archive. Rejects with a `NotKnownError` if the file lacks the beginning of its ledger.
 */
const openFile = async (path: string, { progress }: Console): Promise<ReadOnlyLedger> => {
  if (!existsSync(path)) {
    throw new InvalidInputError(
      `There is no file ${path}. Make it with \`tagledger export --out ${path}\`, or name another ledger with --ledger.`,
    );
  }
  const header = await claimedProvenance(path);
  const part = partText(path, header);
  if (part) throw new NotKnownError(`${part}, so it cannot answer. Export the ledger again without --from.`);
  const file = fileStore(path);
  const store = showEvents(file, progress, header?.counts.events);
  return {
    store,
    states: foldedStates(store),
    coordination: memoryCoordinationStore(),
    fleet: ledgerFleet(store),
    horizon: async (knownAt, isAboutFleet) => {
      const recorded = isAboutFleet
        ? undefined
        : await file.foldCoverage((events) => horizonIn(events, knownAt));
      return recorded?.basis === 'recorded' ? recorded : horizonIn(store.readAll(), knownAt);
    },
    integrity: () => file.integrity(),
    streamsWithId: (id) => file.streamsWithId(id),
    close: async () => {},
  };
};

const openFolder = async (path: string, console: Console): Promise<ReadOnlyLedger> => {
  if (!findLedgerFolder(path)) throw noLedgerAt(path);
  // Loaded on demand, because an export needs no database.
  const { readLedgerFolder } = await import('../../embedded/read-ledger-folder.ts');
  const { unfinished, close, ...opened } = await readLedgerFolder(path, new Date(), {
    watched: (store, events) => showEvents(store, console.progress, events),
    onArchiveDamage: sayDamage(console),
  });
  const said = unfinishedText(path, unfinished);
  if (said !== undefined) console.stderr(sanitizeTerminal(said));
  const { store, states, fleet } = opened;
  return {
    ...opened,
    states: showRows(states, console.progress),
    fleet: showFleet(fleet, console.progress),
    archiveReading: fleet.reading,
    horizon: (knownAt) => readHorizon(store, knownAt, fleet.span),
    close: async () => close(),
  };
};

/** Says why an answer takes longer. */
const sayDamage =
  ({ stderr }: Console) =>
  (says: string): void =>
    stderr(
      sanitizeTerminal(`${says} Until then the ledger itself is read in its place, which takes longer.`),
    );

const openTablesToRead = async (where: string, env: Env, console: Console): Promise<ReadOnlyLedger> => {
  const [{ openTables }, { archivedOrLedger }] = await Promise.all([
    import('./open-tables.ts'),
    import('../../archive/archived-or-ledger.ts'),
  ]);
  const { progress } = console;
  const { coordination, archived, close, ...tables } = openTables(where, env);
  const store = showEvents(tables.store, progress, undefined);
  const states = showRows(tables.states, progress);
  const fromArchive = archived && archivedOrLedger(archived, store, { onDamage: sayDamage(console) });
  const fleet = showFleet(fromArchive ?? ledgerFleet(store), progress);
  const horizon: ReadOnlyLedger['horizon'] = (knownAt, isAboutFleet = false) =>
    readHorizon(store, knownAt, isAboutFleet || archived ? fleet.span : undefined);
  return {
    store,
    states,
    coordination,
    fleet,
    horizon,
    ...(archived && { archived }),
    ...(fromArchive && { archiveReading: fromArchive.reading }),
    close,
  };
};
