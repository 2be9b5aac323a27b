import { existsSync } from 'node:fs';
import { memoryCoordinationStore } from '../../adapters/memory/coordination-store.ts';
import type { ReadOnlyCoordinationStore } from '../../coordination/coordination-store.ts';
import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import { fileStore } from '../../exports/file-store.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import { foldedStates } from '../../projections/folded-states.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import type { ReadOnlyStateStore } from '../../projections/state-store.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Invocation } from '../command.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { interpretationContextOf } from './folder-settings.ts';
import { ledgerKindOf, noLedgerAt, unopenable } from './ledger-kind.ts';
import { unfinishedText } from './unfinished-text.ts';

/** A ledger that a command answers from. It has nothing by which anything could be written. */
export interface ReadOnlyLedger {
  readonly store: ReadOnlyEventStore;
  readonly states: ReadOnlyStateStore;
  readonly coordination: ReadOnlyCoordinationStore;
  /** The fleet as it was: from the archive where there is one, else from the ledger itself. */
  readonly fleet: FleetReader;
  /** The archive's objects; absent where the ledger can have no archive. */
  readonly archived?: ReadOnlyObjectStore;
  close(): Promise<void>;
}

/** What names a ledger in a command line, and where messages about it go. */
export type LedgerToRead = Pick<Invocation, 'ledger' | 'env' | 'console'>;

/**
 * Opens the ledger that `--ledger` names to read it: an exported file, tables in AWS, or the folder of an embedded one,
 * which must be there. No consumer runs, nothing is repaired and nothing appended. What a folder's consumers have not
 * finished is said in one line on stderr.
 */
export const openReadOnly = async ({
  ledger: where,
  env,
  console,
}: LedgerToRead): Promise<ReadOnlyLedger> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') return openFile(where);
  return kind === 'folder' ? openFolder(where, console) : openTablesToRead(where, env);
};

/** As {@link openReadOnly}; what an exported file says is unproven, which is said on stderr. */
export const openToAnswer = async (named: LedgerToRead): Promise<ReadOnlyLedger> => {
  const opened = await openReadOnly(named);
  if (ledgerKindOf(named.ledger) === 'file')
    named.console.stderr(sanitizeTerminal(unprovenText(named.ledger)));
  return opened;
};

const unprovenText = (file: string): string =>
  `UNPROVEN: this answer rests on ${file}, and anyone can make such a file. Check it with \`tagledger verify --ledger ${file} --key FILE --log WHERE\`.`;

/**
 * The ledger that `--ledger` names, as {@link openToAnswer} opens it; undefined where a folder has none. With it, how it
 * interprets records, or would interpret them.
 */
export const openToAnswerIfThere = async (
  named: LedgerToRead,
): Promise<{ readonly ledger: ReadOnlyLedger | undefined; readonly context: InterpretationContext }> => {
  const { ledger: where, env } = named;
  const isFolder = ledgerKindOf(where) === 'folder';
  const marker = isFolder ? findLedgerFolder(where) : undefined;
  const context = interpretationContextOf(env, marker);
  return { ledger: isFolder && !marker ? undefined : await openToAnswer(named), context };
};

/** An exported ledger: what is true now is folded from it, and nothing that consumers keep beside a ledger is there. */
const openFile = (path: string): ReadOnlyLedger => {
  if (!existsSync(path)) {
    throw new InvalidInputError(
      `got no file at ${path}: make one with \`tagledger export --to ${path}\`, or name another ledger with --ledger`,
    );
  }
  const store = fileStore(path);
  return {
    store,
    states: foldedStates(store),
    coordination: memoryCoordinationStore(),
    fleet: ledgerFleet(store),
    close: async () => {},
  };
};

const openFolder = async (path: string, console: Console): Promise<ReadOnlyLedger> => {
  if (!findLedgerFolder(path)) throw noLedgerAt(path);
  // What is big to load is loaded by who needs it: an export needs no database.
  const { readLedgerFolder } = await import('../../embedded/read-ledger-folder.ts');
  const { unfinished, ...opened } = await readLedgerFolder(path, new Date()).catch((error: unknown) => {
    throw unopenable(path, error);
  });
  const said = unfinishedText(path, unfinished);
  if (said !== undefined) console.stderr(sanitizeTerminal(said));
  return opened;
};

const openTablesToRead = async (where: string, env: Env): Promise<ReadOnlyLedger> => {
  const [{ openTables }, { archivedOrLedger }] = await Promise.all([
    import('./open-tables.ts'),
    import('../../archive/archived-or-ledger.ts'),
  ]);
  const { store, states, coordination, archived, close } = openTables(where, env);
  const fleet = archived ? archivedOrLedger(archived, store) : ledgerFleet(store);
  return { store, states, coordination, fleet, ...(archived && { archived }), close };
};
