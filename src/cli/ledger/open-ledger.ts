import { existsSync } from 'node:fs';
import { memoryCoordinationStore } from '../../adapters/memory/coordination-store.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { EmbeddedAws } from '../../embedded/embedded-aws.ts';
import { findLedgerFolder, type Marker, makeLedgerFolder } from '../../embedded/ledger-folder.ts';
import { emptiedDatabase, lostDatabase, refuseLost } from '../../embedded/lost-database.ts';
import type { PipelineOptions } from '../../embedded/pipeline.ts';
import type { EventStore } from '../../events/event-store.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { fileStore, readOnly } from '../../exports/file-store.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { isOn } from '../../handlers/runtime/settings.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import type { Result } from '../../intake/planned-write.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { foldedStates } from '../../projections/folded-states.ts';
import { ledgerFleet } from '../../projections/ledger-fleet.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';
import { WrongUsageError } from '../errors.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';

/** A ledger that a command works on. */
export interface OpenLedger {
  /** How the ledger is named to a person. */
  readonly name: string;
  readonly store: EventStore;
  /** The format of the events that are appended to it. */
  readonly eventFormat: EventFormat;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /** The fleet as it was: from the archive where there is one, else from the ledger itself. */
  readonly fleet: FleetReader;
  /** The archive's objects; absent where there is no archive. */
  readonly archived?: ObjectStore;
  /** The front door: one input, or an array of them. */
  request(input: unknown, invocationId: string): Promise<Result[]>;
  /** The embedded AWS behind it; absent when the consumers run in AWS. */
  readonly embedded?: EmbeddedAws;
  close(): Promise<void>;
}

/** The rules of a new embedded ledger when `TAG_RULES` does not say. */
export const DEFAULT_TAG_RULES = JSON.stringify({
  Owner: '{who.name}',
  CreatedBy: '{who.arn}',
  CreatedAt: '{event.time}',
});

/** An environment: variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens the ledger that `--ledger` names: `dynamodb:TABLE[,STATE_TABLE]`, with the SDK's usual settings for
 * Region, credentials and endpoint, an exported file, which can only be read, or the folder of an embedded one. A new
 * folder is made only where `create` allows it.
 */
export const openLedger = async (where: string, env: Env, create: boolean): Promise<OpenLedger> => {
  const kind = ledgerKindOf(where);
  if (kind === 'folder') return openFolder(where, env, create);
  if (kind === 'file') return openFile(where);
  // What is big to load is loaded by who needs it: help and plan need no AWS client.
  const { openTables } = await import('./open-tables.ts');
  return openTables(where, env);
};

/**
 * As {@link openLedger}, for a command that answers from the ledger: what an exported file says is unproven, which is
 * said on stderr.
 */
export const openToAnswer = async ({
  ledger: where,
  env,
  console,
}: {
  readonly ledger: string;
  readonly env: Env;
  readonly console: Console;
}): Promise<OpenLedger> => {
  const ledger = await openLedger(where, env, false);
  if (ledgerKindOf(where) === 'file') console.stderr(sanitizeTerminal(unprovenText(where)));
  return ledger;
};

const unprovenText = (file: string): string =>
  `UNPROVEN: this answer rests on ${file}, and anyone can make such a file. Check it with \`tagledger verify --ledger ${file} --key FILE --log WHERE\`.`;

/** As {@link openLedger}, for a command that writes: an exported file is refused before anything is done. */
export const openToWrite = async (where: string, env: Env, create: boolean): Promise<OpenLedger> => {
  if (ledgerKindOf(where) === 'file') throw readOnly(where);
  return openLedger(where, env, create);
};

/** What `--ledger` names, by its form. Throws a `WrongUsageError` for an empty text. */
export const ledgerKindOf = (where: string): 'tables' | 'file' | 'folder' => {
  if (where === '') {
    throw new WrongUsageError(
      'got an empty --ledger, expected a folder, an exported FILE.ndjson.gz or dynamodb:TABLE',
    );
  }
  if (where.startsWith(TABLES)) return 'tables';
  return /\.ndjson(?:\.gz)?$/.test(where) ? 'file' : 'folder';
};

const TABLES = 'dynamodb:';

/** The names in `dynamodb:TABLE[,STATE_TABLE]`, as they stand there. */
export const tablesIn = (where: string): readonly string[] => where.slice(TABLES.length).split(',');

/** An exported ledger: what is true now is folded from it, and nothing that consumers keep beside a ledger is there. */
const openFile = (path: string): OpenLedger => {
  if (!existsSync(path)) {
    throw new InvalidInputError(
      `got no file at ${path}: make one with \`tagledger export --to ${path}\`, or name another ledger with --ledger`,
    );
  }
  const store = fileStore(path);
  return {
    name: path,
    store,
    eventFormat: 1,
    states: foldedStates(store, () => readOnly(path)),
    coordination: memoryCoordinationStore(),
    fleet: ledgerFleet(store),
    request: async () => {
      throw readOnly(path);
    },
    close: async () => {},
  };
};

const openFolder = async (path: string, env: Env, create: boolean): Promise<OpenLedger> => {
  const there = findLedgerFolder(path);
  if (!there && !create) throw noLedgerAt(path);
  const marker = there ?? newMarker(env);
  const context = perspectiveOf(env, marker);
  const tagChildren = isOn({ ...marker.settings, ...given(env) }, 'TAG_CHILDREN');
  const joinIdentities = isOn(env, 'IDENTITY_JOIN');
  const hashIdentities = isOn({ ...marker.settings, ...given(env) }, 'HASH_IDENTITIES');
  const eventFormat = formatOf(env, marker);
  if (!there) makeLedgerFolder(path, marker);
  const options = { tagChildren, joinIdentities, hashIdentities, eventFormat };
  const ledger = await openEmbedded(path, { ...context, ...options });
  return marker.demo ? claimed(ledger, () => makeLedgerFolder(path, { ...marker, demo: false })) : ledger;
};

/** A folder is not there, or empty. */
export const noLedgerAt = (path: string): InvalidInputError =>
  new InvalidInputError(
    `got no ledger at ${path}: make one with \`tagledger demo\` or \`tagledger ingest FILE\`, or name another with --ledger`,
  );

/**
 * The ledger that `--ledger` names, as {@link openToAnswer} opens it; undefined where a folder has none. With it, how
 * it sees records, or would see them.
 */
export const openLedgerIfThere = async (
  invocation: Parameters<typeof openToAnswer>[0],
): Promise<{ readonly ledger: OpenLedger | undefined; readonly context: InterpretationContext }> => {
  const { ledger: where, env } = invocation;
  const isFolder = ledgerKindOf(where) === 'folder';
  const marker = isFolder ? findLedgerFolder(where) : undefined;
  const context = perspectiveOf(env, marker);
  return { ledger: isFolder && !marker ? undefined : await openToAnswer(invocation), context };
};

/** How records are seen: by the rules and the role in the environment, or else of this ledger, or else by default. */
export const perspectiveOf = (env: Env, marker: Marker = newMarker(env)): InterpretationContext => {
  const { TAG_RULES, TAGGER_ROLE_ARN: taggerRoleArn } = { ...marker.settings, ...given(env) };
  return { rules: parseTagRules(TAG_RULES), ...(taggerRoleArn && { taggerRoleArn }) };
};

/** The format in which events are appended to a folder's ledger: by the environment, or else by its marker. */
export const formatOf = (env: Env, { settings }: Marker): EventFormat =>
  readEventFormat({ ...settings, ...given(env) });

/** A demo's ledger that takes in something new is its user's from then on: no later demo may remove it. */
const claimed = (ledger: OpenLedger, claim: () => void): OpenLedger => ({
  ...ledger,
  store: {
    ...ledger.store,
    async append(event) {
      const appended = await ledger.store.append(event);
      if (appended.fresh) claim();
      return appended;
    },
  },
  async request(input, invocationId) {
    const results = await ledger.request(input, invocationId);
    if (results.some(({ outcome }) => outcome === 'appended')) claim();
    return results;
  },
});

/**
 * Opens the folder of an embedded ledger, lets the consumers finish what an earlier process left, and raises the
 * attempts that have become due since. Rejects with an `InvalidInputError` where the database is gone or empty, and the
 * folder held events.
 */
export const openEmbedded = async (
  path: string,
  options: Omit<PipelineOptions, 'folder'> & { readonly eventFormat: EventFormat },
): Promise<OpenLedger & { readonly embedded: EmbeddedAws }> => {
  const { embeddedAws } = await import('../../embedded/embedded-aws.ts');
  refuseLost(path, lostDatabase(path));
  const embedded = await embeddedAws({ ...options, folder: path }).catch((error: unknown) => {
    throw unopenable(path, error);
  });
  try {
    refuseLost(path, await emptiedDatabase(path, embedded.store));
    await embedded.settle();
    await embedded.reconcile();
  } catch (error) {
    await embedded.close();
    throw unopenable(path, error);
  }
  const { store, states, coordination, archived, close } = embedded;
  const { archiveFleet } = await import('../../archive/archive-fleet.ts');
  return {
    name: path,
    store,
    eventFormat: options.eventFormat,
    states,
    coordination,
    fleet: archived ? archiveFleet(archived) : ledgerFleet(store),
    ...(archived && { archived }),
    embedded,
    close,
    request: embedded.request,
  };
};

const unopenable = (path: string, error: unknown): unknown =>
  error instanceof InvalidInputError
    ? error
    : new InvalidInputError(
        `got the ledger in ${path}, which is damaged (${(error as Error).message}): restore it from a backup, or name another one with --ledger`,
        { cause: error },
      );

const newMarker = (env: Env): Marker => ({
  tagledger: 1,
  demo: false,
  settings: { TAG_RULES: DEFAULT_TAG_RULES, EVENT_FORMAT: '2', ...given(env) },
});

const given = ({
  TAG_RULES,
  TAGGER_ROLE_ARN,
  TAG_CHILDREN,
  HASH_IDENTITIES,
  EVENT_FORMAT,
}: Env): Partial<Marker['settings']> => ({
  ...(TAG_RULES && { TAG_RULES }),
  ...(TAGGER_ROLE_ARN && { TAGGER_ROLE_ARN }),
  ...(TAG_CHILDREN && { TAG_CHILDREN }),
  ...(HASH_IDENTITIES && { HASH_IDENTITIES }),
  ...(EVENT_FORMAT && { EVENT_FORMAT }),
});
