import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { EmbeddedAws } from '../../embedded/embedded-aws.ts';
import { findLedgerFolder, makeLedgerFolder } from '../../embedded/ledger-folder.ts';
import { emptiedDatabase, lostDatabase, refuseLost } from '../../embedded/lost-database.ts';
import type { PipelineOptions } from '../../embedded/pipeline.ts';
import type { EventStore } from '../../events/event-store.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { readOnly } from '../../exports/file-store.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import type { request } from '../../intake/intake.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { newMarker, pipelineOptionsOf } from './folder-settings.ts';
import { ledgerKindOf, noLedgerAt } from './ledger-kind.ts';

/** A ledger that a command can write to. */
export interface LedgerRuntime {
  /** The name of the ledger in messages. */
  readonly name: string;
  readonly store: EventStore;
  /** The format of appended events. */
  readonly eventFormat: EventFormat;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /** The archive's objects; absent if there is no archive. */
  readonly archived?: ObjectStore;
  /**
   * The intake. It accepts one input or an array of inputs. The consumers of an embedded ledger run in the
   * same transaction.
   */
  readonly request: ReturnType<typeof request>;
  /** The embedded AWS behind the ledger; absent if the consumers run in AWS. */
  readonly embedded?: EmbeddedAws;
  close(): Promise<void>;
}

/** An embedded ledger with its consumers. */
export type EmbeddedRuntime = LedgerRuntime & { readonly embedded: EmbeddedAws };

/**
 * Opens the ledger that `--ledger` names for writing: tables in AWS, or the folder of an embedded ledger,
 * whose consumers first finish what an earlier process left. A new folder is created only if `create` is
 * true. Rejects with an `InvalidInputError` for an exported file, which is read-only.
 */
export const openRuntime = async (where: string, env: Env, create = false): Promise<LedgerRuntime> => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') throw readOnly(where);
  return kind === 'folder' ? openFolderRuntime(where, env, create) : openTablesRuntime(where, env);
};

const openTablesRuntime = async (where: string, env: Env): Promise<LedgerRuntime> => {
  // Loaded on demand, because help and plan need no AWS client.
  const { openTables } = await import('./open-tables.ts');
  const { client, names, ...opened } = openTables(where, env);
  let intake: Promise<LedgerRuntime['request']> | undefined;
  // The intake and its rules are opened on first use, so that missing rules do not stop commands that send
  // nothing.
  const openIntake = async () => {
    const { tablesIntake } = await import('./tables-intake.ts');
    return tablesIntake(client, opened.store, names.state, env);
  };
  return {
    ...opened,
    name: where,
    eventFormat: readEventFormat(env),
    request: async (input, invocationId) => {
      intake ??= openIntake();
      return (await intake)(input, invocationId);
    },
  };
};

/** Like {@link openRuntime}, but only for the folder of an embedded ledger. */
export const openFolderRuntime = async (path: string, env: Env, create = false): Promise<EmbeddedRuntime> => {
  const there = findLedgerFolder(path);
  if (!there && !create) throw noLedgerAt(path);
  const marker = there ?? newMarker(env);
  const options = pipelineOptionsOf(env, marker);
  if (!there) makeLedgerFolder(path, marker);
  const runtime = await openEmbedded(path, options);
  return marker.demo ? claimed(runtime, () => makeLedgerFolder(path, { ...marker, demo: false })) : runtime;
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
export const openEmbedded = async (
  path: string,
  options: Omit<PipelineOptions, 'folder'> & { readonly eventFormat: EventFormat },
): Promise<EmbeddedRuntime> => {
  const { embeddedAws } = await import('../../embedded/embedded-aws.ts');
  refuseLost(path, lostDatabase(path));
  const embedded = await embeddedAws({ ...options, folder: path });
  try {
    refuseLost(path, await emptiedDatabase(path, embedded.store));
    await embedded.settle();
    await embedded.reconcile();
  } catch (error) {
    embedded.close();
    throw error;
  }
  const { store, states, coordination, archived, ingest } = embedded;
  const { eventFormat } = options;
  return {
    name: path,
    store,
    eventFormat,
    states,
    coordination,
    ...(archived && { archived }),
    request: ingest,
    embedded,
    close: async () => embedded.close(),
  };
};
