import * as v from 'valibot';
import type { StoredMemo } from '../coordination/coordination-store.ts';
import type { ArchiveStore, ReadOnlyArchive } from './archive-store.ts';
import { type Catalogue, CatalogueSchema, Sha256Schema } from './catalogue.ts';
import { UnreadableArchiveError } from './compressed.ts';
import { digestOf, requireObject } from './digested-object.ts';

/** Another writer committed the next version of the catalogue first. Read that version and start again. */
export class ArchiveBusyError extends Error {
  override readonly name = 'ArchiveBusyError';

  constructor(version: number) {
    super(`version ${version} of the archive's catalogue is somebody else's: begin again with theirs`);
  }
}

/** The memo that says which catalogue counts: its version, and the digest of its object. */
export const CATALOGUE_MEMO = 'archive/catalogue';
const NamedSchema = v.object({
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: Sha256Schema,
});
type Named = v.InferOutput<typeof NamedSchema>;

/** The folder of the versions of the catalogue. */
export const CATALOGUE_FOLDER = 'catalogue/';
/** Old versions to keep, for people who investigate what happened. */
const KEPT = 10;

const numberOf = (version: number): string => `${CATALOGUE_FOLDER}${String(version).padStart(12, '0')}`;
/** Two writers of one version write different objects, so one that is never committed is in nobody's way. */
const nameOf = ({ version, sha256 }: Named): string => `${numberOf(version)}-${sha256}.json`;

/** The catalogues that there are. */
interface Versions {
  /** Sorted. */
  readonly names: readonly string[];
  readonly memo: StoredMemo | undefined;
  /** What the memo says; undefined without a memo, or if it says nothing that can be read. */
  readonly named: Named | undefined;
  /** The newest version that an earlier version of tagledger wrote, which wrote no memo; 0 if there is none. */
  readonly unnamed: number;
  /** The next version is one more than this. */
  readonly newest: number;
}

const isUnnamed = (name: string): boolean => /\/\d{12}\.json$/.test(name);
const versionIn = (name: string): number => Number(/\/(\d{12})[-.]/.exec(name)?.[1] ?? 0);

const versionsOf = async ({ list, coordination }: ReadOnlyArchive): Promise<Versions> => {
  const names: string[] = [];
  for await (const name of list(CATALOGUE_FOLDER)) names.push(name);
  const [memo] = await coordination.get([CATALOGUE_MEMO]);
  const parsed = v.safeParse(NamedSchema, memo?.value);
  const named = parsed.success ? parsed.output : undefined;
  const unnamed = names.filter(isUnnamed).map(versionIn).at(-1) ?? 0;
  // What is newer than the memo was never committed, but no version may be used twice.
  const newest = named ? Math.max(named.version, unnamed) : Math.max(0, ...names.map(versionIn));
  return { names, memo, named, unnamed, newest };
};

/** The version of the newest catalogue, whether or not it can be read; 0 where there is none. */
export const newestVersion = async (archive: ReadOnlyArchive): Promise<number> =>
  (await versionsOf(archive)).newest;

/**
 * The catalogue that the coordination store names, compared with its digest; undefined where there is no archive.
 * An archive that an earlier version wrote has no such memo until the first commit, and its newest catalogue counts. If
 * this version has written to it and the memo is lost, nothing tells which catalogue counts, so there is no archive.
 * Rejects with an {@link UnreadableArchiveError}.
 */
export const readCatalogue = async (archive: ReadOnlyArchive): Promise<Catalogue | undefined> => {
  for (;;) {
    const versions = await versionsOf(archive);
    try {
      return await catalogueOf(archive, versions);
    } catch (error) {
      // A version that was just named may have been removed, if many followed it.
      const [memo] = await archive.coordination.get([CATALOGUE_MEMO]);
      if (memo?.version === versions.memo?.version) throw error;
    }
  }
};

const catalogueOf = async (
  archive: ReadOnlyArchive,
  { names, memo, named, unnamed }: Versions,
): Promise<Catalogue | undefined> => {
  const last = names.at(-1);
  if (last === undefined) return undefined;
  if (!memo) return names.every(isUnnamed) ? readVersion(archive, last) : undefined;
  if (!named)
    throw new UnreadableArchiveError(
      `The memo ${CATALOGUE_MEMO}, which names the archive's catalogue, cannot be read`,
    );
  if (unnamed >= named.version)
    throw new UnreadableArchiveError(
      `${numberOf(unnamed)}.json in the archive is newer than what the memo ${CATALOGUE_MEMO} names`,
    );
  return readVersion(archive, nameOf(named), named.sha256);
};

const readVersion = async (archive: ReadOnlyArchive, name: string, sha256?: string): Promise<Catalogue> => {
  const bytes = await requireObject(archive, name, sha256);
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), CatalogueSchema),
    Buffer.from(bytes).toString('utf8'),
  );
  if (parsed.success) return parsed.output;
  throw new UnreadableArchiveError(`${name} in the archive cannot be read (${parsed.issues[0].message})`);
};

/**
 * Makes a catalogue the newest one: writes its object, and then has the coordination store name it, which is the commit.
 * Its `version` must be one more than the newest; if another writer was first, rejects with an {@link ArchiveBusyError}.
 * All objects that it names must exist already: a crash before the commit leaves objects that nobody reads.
 */
export const commit = async (archive: ArchiveStore, catalogue: Catalogue): Promise<void> => {
  const { version } = catalogue;
  const bytes = Buffer.from(JSON.stringify(catalogue));
  const next: Named = { version, sha256: digestOf(bytes) };
  const { names, memo, named, newest } = await versionsOf(archive);
  // The caller may not know that its commit went through.
  if (named?.version === version && named.sha256 === next.sha256) return;
  if (newest !== version - 1) throw new ArchiveBusyError(version);
  await archive.put(nameOf(next), bytes);
  if (!(await archive.coordination.swap({ key: CATALOGUE_MEMO, value: next }, memo)))
    throw new ArchiveBusyError(version);
  const old = names.filter((name) => versionIn(name) < version);
  for (const name of old.slice(0, 1 - KEPT)) await archive.remove(name);
};
