import type { EventStore } from '../events/event-store.ts';
import { InvalidInputError } from '../events/invalid-input-error.ts';
import type { Result } from '../handlers/act.ts';
import { isOn } from '../handlers/settings.ts';
import type { EmbeddedAws, EmbeddedOptions } from '../local/embedded-aws.ts';
import { findLedgerFolder, type Marker, makeLedgerFolder } from '../local/ledger-folder.ts';
import type { StateStore } from '../projections/state-store.ts';
import { parseTagRules } from '../tagging/tag-rules.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** A ledger that a command works on. */
export interface OpenLedger {
  /** How the ledger is named to a person. */
  readonly name: string;
  readonly store: EventStore;
  readonly states: StateStore;
  /** The front door. */
  request(inputs: readonly unknown[], invocationId: string): Promise<Result[]>;
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
 * Region, credentials and endpoint, or the folder of an embedded one. A new folder is made only where `create`
 * allows it.
 */
export const openLedger = async (where: string, env: Env, create: boolean): Promise<OpenLedger> => {
  if (where === '') throw new WrongUsageError('got an empty --ledger, expected a folder or dynamodb:TABLE');
  if (!where.startsWith('dynamodb:')) return openFolder(where, env, create);
  // What is big to load is loaded by who needs it: help and plan need no AWS client.
  const { openTables } = await import('./open-tables.ts');
  return openTables(where, env);
};

const openFolder = async (path: string, env: Env, create: boolean): Promise<OpenLedger> => {
  const there = findLedgerFolder(path);
  if (!there && !create) {
    throw new InvalidInputError(
      `got no ledger at ${path}: make one with \`tagledger demo\` or \`tagledger ingest FILE\`, or name another with --ledger`,
    );
  }
  const marker = there ?? newMarker(env);
  const settings = { ...marker.settings, ...given(env) };
  const rules = parseTagRules(settings.TAG_RULES);
  const joinIdentities = isOn(env, 'IDENTITY_JOIN');
  if (!there) makeLedgerFolder(path, marker);
  const taggerRoleArn = settings.TAGGER_ROLE_ARN;
  const ledger = await openEmbedded(path, {
    rules,
    joinIdentities,
    ...(taggerRoleArn && { taggerRoleArn }),
  });
  return marker.demo ? claimed(ledger, () => makeLedgerFolder(path, { ...marker, demo: false })) : ledger;
};

/** A demo's ledger that takes in something new is its user's from then on: no later demo may remove it. */
const claimed = (ledger: OpenLedger, claim: () => void): OpenLedger => ({
  ...ledger,
  async request(inputs, invocationId) {
    const results = await ledger.request(inputs, invocationId);
    if (results.some(({ outcome }) => outcome === 'appended')) claim();
    return results;
  },
});

/** Opens the folder of an embedded ledger, and lets the consumers finish what an earlier process left. */
export const openEmbedded = async (
  path: string,
  options: Omit<EmbeddedOptions, 'folder'>,
): Promise<OpenLedger & { readonly embedded: EmbeddedAws }> => {
  const { embeddedAws } = await import('../local/embedded-aws.ts');
  const embedded = await embeddedAws({ ...options, folder: path }).catch((error: unknown) => {
    throw unopenable(path, error);
  });
  try {
    await embedded.settle();
  } catch (error) {
    await embedded.close();
    throw unopenable(path, error);
  }
  const { store, states, close } = embedded;
  return { name: path, store, states, embedded, close, request: embedded.request };
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
  settings: { TAG_RULES: DEFAULT_TAG_RULES, ...given(env) },
});

const given = ({ TAG_RULES, TAGGER_ROLE_ARN }: Env): Partial<Marker['settings']> => ({
  ...(TAG_RULES && { TAG_RULES }),
  ...(TAGGER_ROLE_ARN && { TAGGER_ROLE_ARN }),
});
