import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { feedEnd } from '../../embedded/change-feed.ts';
import type { EmbeddedLedger } from '../../embedded/embedded-aws.ts';
import type { EmbeddedStores } from '../../embedded/embedded-stores.ts';
import { modeFound } from '../../embedded/folder-mode.ts';
import {
  type FolderMode,
  findLedgerFolder,
  type Marker,
  makeLedgerFolder,
} from '../../embedded/ledger-folder.ts';
import type { LedgerPipeline, PipelineStores } from '../../embedded/ledger-pipeline.ts';
import { emptiedDatabase, lostDatabase, refuseLost } from '../../embedded/lost-database.ts';
import type { ObservedOptions } from '../../embedded/observed-pipeline.ts';
import type { PipelineOptions } from '../../embedded/pipeline.ts';
import type { EventStore } from '../../events/event-store.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { readOnly } from '../../exports/file-store.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { request } from '../../intake/intake.ts';
import type { StateStore } from '../../projections/state-store.ts';
import type { ShowProgress } from '../progress.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { newMarker, observedOptionsOf, simulatedOptionsOf } from './folder-settings.ts';
import { ledgerKindOf, noLedgerAt } from './ledger-kind.ts';
import { showEvents, showFeed } from './show-reading.ts';

/** A ledger that a command can write to. */
export interface LedgerRuntime {
  /** The name of the ledger in messages. */
  readonly name: string;
  readonly store: EventStore;
  /** The format of appended events. */
  readonly eventFormat: EventFormat;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /**
   * For a ledger in AWS: names the table, and no other that was restored or made under its name, while what is beside it
   * stays. Undefined if AWS does not say it.
   */
  readonly ledgerId?: () => Promise<string | undefined>;
  /** The archive; absent if there is none. */
  readonly archived?: ArchiveStore;
  /**
   * The intake. It accepts one input or an array of inputs. The consumers of an embedded ledger run in the
   * same transaction.
   */
  readonly request: ReturnType<typeof request>;
  /** The embedded ledger behind it; absent if the consumers run in AWS. */
  readonly embedded?: EmbeddedLedger;
  close(): Promise<void>;
}

/** An embedded ledger with its consumers. */
export type EmbeddedRuntime<P extends LedgerPipeline = LedgerPipeline> = LedgerRuntime & {
  readonly embedded: EmbeddedLedger<P>;
};

/** How a ledger is opened for writing. */
interface Opening {
  /** The mode in which a folder that does not exist is made into a ledger; without it, that is an error. */
  readonly create?: FolderMode | undefined;
  /** Whether inputs may request tags of a ledger in AWS, which they may by default. Otherwise they are only observed. */
  readonly requestTags?: boolean;
  /** Shows how far the consumers of a folder have come with what an earlier process left. */
  readonly show?: ShowProgress;
  /** Says what is wrong with the archive of a folder that could not be kept, and what to do about it. */
  readonly say?: (line: string) => void;
}

const NOT_SHOWN: ShowProgress = () => {};

/**
 * Opens the ledger that `--ledger` names for writing: tables in AWS, or the folder of an embedded ledger,
 * whose consumers first finish what an earlier process left. Rejects with an `InvalidInputError` for an exported file, which is read-only.
 */
export const openRuntime = async (
  where: string,
  env: Env,
  { requestTags = true, ...opening }: Opening = {},
): Promise<LedgerRuntime> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') throw readOnly(where);
  return kind === 'folder'
    ? openFolderRuntime(where, env, opening)
    : openTablesRuntime(where, env, requestTags);
};

const openTablesRuntime = async (where: string, env: Env, requestTags: boolean): Promise<LedgerRuntime> => {
  // Loaded on demand, because help and plan need no AWS client.
  const { openTables } = await import('./open-tables.ts');
  const { client, names, ledgerId, ...opened } = openTables(where, env);
  let intake: Promise<LedgerRuntime['request']> | undefined;
  // The intake and its rules are opened on first use, so that missing rules do not stop commands that send
  // nothing.
  const openIntake = async () => {
    const { tablesIntake } = await import('./tables-intake.ts');
    return tablesIntake(client, opened.store, names.state, env, requestTags);
  };
  const opening = () => {
    intake ??= openIntake();
    return intake;
  };
  return {
    ...opened,
    name: where,
    eventFormat: readEventFormat(env),
    // Settings that are missing are said before AWS is asked for anything.
    ledgerId: async () => {
      await opening();
      return ledgerId();
    },
    request: async (input, invocationId) => (await opening())(input, invocationId),
  };
};

/** Like {@link openRuntime}, but only for the folder of an embedded ledger. */
export const openFolderRuntime = async (
  path: string,
  env: Env,
  { create, ...shown }: Omit<Opening, 'requestTags'> = {},
): Promise<EmbeddedRuntime> => {
  const there = findLedgerFolder(path);
  if (!there && !create) throw noLedgerAt(path);
  const marker = there ?? newMarker(env, create ?? 'observed');
  if (!there) {
    // Invalid settings must not leave a folder behind.
    optionsOf(env, marker, create ?? 'observed');
    makeLedgerFolder(path, marker);
  }
  const runtime = await openEmbedded(path, { now: () => new Date(), ...shown }, async (stores) => {
    const { mode } = modeFound(marker, stores.database);
    return pipelineOf(stores, { ...optionsOf(env, marker, mode), folder: path });
  });
  return marker.demo ? claimed(runtime, () => makeLedgerFolder(path, { ...marker, demo: false })) : runtime;
};

type Options =
  | (Omit<ObservedOptions, 'folder'> & { readonly mode: 'observed' })
  | (Omit<PipelineOptions, 'folder'> & { readonly mode: 'simulated' });

const optionsOf = (env: Env, marker: Marker, mode: FolderMode): Options =>
  mode === 'observed'
    ? { mode, ...observedOptionsOf(env, marker) }
    : { mode, ...simulatedOptionsOf(env, marker) };

/** Loads the pipeline of the mode alone, because the AWS clients of the other one take most of a second. */
const pipelineOf = async (
  stores: PipelineStores,
  options: Options & { readonly folder: string },
): Promise<LedgerPipeline> => {
  if (options.mode === 'observed') {
    const { observedPipeline } = await import('../../embedded/observed-pipeline.ts');
    return observedPipeline(stores, options);
  }
  const { localPipeline } = await import('../../embedded/pipeline.ts');
  return localPipeline(stores, options);
};

/**
 * Once something new is appended to a demo's ledger, it belongs to its user, and later demos must not replace
 * it.
 */
const claimed = (runtime: EmbeddedRuntime, claim: () => void): EmbeddedRuntime => ({
  ...runtime,
  store: {
    ...runtime.store,
    async append(event) {
      const appended = await runtime.store.append(event);
      if (appended.fresh) claim();
      return appended;
    },
  },
  async request(input, invocationId) {
    const results = await runtime.request(input, invocationId);
    if (results.some(({ outcome }) => outcome === 'appended')) claim();
    return results;
  },
});

/**
 * Opens the folder of an embedded ledger, lets the consumers finish what an earlier process left, and starts
 * the attempts that have become due. Rejects with an `InvalidInputError` if the folder held events but its
 * database is missing or empty.
 */
export const openEmbedded = async <P extends LedgerPipeline>(
  path: string,
  { now, show = NOT_SHOWN, say = () => {} }: { readonly now: () => Date } & Pick<Opening, 'show' | 'say'>,
  pipelineOver: (stores: EmbeddedStores & PipelineStores) => Promise<P>,
): Promise<EmbeddedRuntime<P>> => {
  const { openStores } = await import('../../embedded/embedded-stores.ts');
  refuseLost(path, lostDatabase(path));
  const stores = await openStores(path, now);
  try {
    refuseLost(path, await emptiedDatabase(path, stores.store));
    const end = () => feedEnd(stores.database);
    const pipeline = await pipelineOver({
      ...stores,
      store: showEvents(stores.store, show, end()),
      feed: showFeed(stores.feed, show, end),
      onArchiveDamage: onceEach((says) => say(sanitizeTerminal(says))),
    });
    await pipeline.settle();
    await pipeline.reconcile();
    const { store, states, coordination, archived } = stores;
    return {
      name: path,
      store,
      eventFormat: pipeline.eventFormat,
      states,
      coordination,
      ...(archived && { archived }),
      request: pipeline.ingest,
      embedded: { ...stores, ...pipeline },
      close: async () => stores.close(),
    };
  } catch (error) {
    stores.close();
    throw error;
  }
};

/** Says each line once, however often it settles. */
const onceEach = (say: (line: string) => void): ((line: string) => void) => {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
};
