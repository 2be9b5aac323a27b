import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { InvalidInputError } from '../shared/errors.ts';
import { hasDatabase } from './database-file.ts';

/** The settings that a folder's ledger was created with. Environment variables override them. */
const SettingsSchema = v.object({
  /** Absent in an observed ledger, which requests nothing. */
  TAG_RULES: v.optional(v.string()),
  TAGGER_ROLE_ARN: v.optional(v.string()),
  TAG_CHILDREN: v.optional(v.string()),
  HASH_IDENTITIES: v.optional(v.string()),
  /** Absent if a version that knew only format 1 created the folder. */
  EVENT_FORMAT: v.optional(v.string()),
});

/** What the file `tagledger.json` of a ledger's folder holds. */
const MarkerSchema = v.object({
  /** The version of the folder. Version 1 had a database of another kind. */
  tagledger: v.literal(2),
  /** Whether `tagledger demo` created the folder; the demo can then recreate it. */
  demo: v.boolean(),
  /**
   * `observed`: the ledger records facts and requests nothing. `simulated`: what its rules ask for is applied to a
   * simulated EC2. Absent if an earlier version made the folder, or if it was imported from an export that does not
   * tell.
   */
  mode: v.optional(v.picklist(['observed', 'simulated'])),
  settings: SettingsSchema,
});
export type Marker = v.InferOutput<typeof MarkerSchema>;
/** What an embedded ledger is for. A ledger never changes its mode. */
export type FolderMode = NonNullable<Marker['mode']>;

const MARKER = 'tagledger.json';

const OldMarkerSchema = v.pipe(v.string(), v.parseJson(), v.object({ tagledger: v.literal(1) }));

const oldText = (folder: string): string =>
  `The ledger in ${folder} was made by tagledger 0.1, whose database this version cannot read. With version 0.1, run \`tagledger export --ledger ${folder} --to ledger.ndjson.gz\`; then run \`tagledger import ledger.ndjson.gz --previous ${folder} --ledger NEW_FOLDER\` with this version.`;

/**
 * Reads the marker of a ledger folder; undefined if `path` does not exist or is empty. Throws an
 * `InvalidInputError` for a file, a folder with other contents, or an invalid marker, and leaves them
 * unchanged.
 */
export const findLedgerFolder = (path: string): Marker | undefined => {
  const folder = resolve(path);
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) {
    throw new InvalidInputError(
      `${folder} is a file, and a ledger is a folder. Name another one with --ledger.`,
    );
  }
  if (readdirSync(folder).length === 0) return undefined;
  const file = join(folder, MARKER);
  if (!existsSync(file) && hasDatabase(folder)) {
    throw new InvalidInputError(
      `The import into ${folder} was interrupted. Repeat the same \`tagledger import\` command; it continues.`,
    );
  }
  if (!existsSync(file)) {
    throw new InvalidInputError(
      `${folder} is not a ledger: it has no ${MARKER}. Name the folder of a ledger, or one that does not exist yet, with --ledger.`,
    );
  }
  const text = readFileSync(file, 'utf8');
  if (v.is(OldMarkerSchema, text)) throw new InvalidInputError(oldText(folder));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), MarkerSchema), text);
  if (!parsed.success) {
    throw new InvalidInputError(
      `${file} is not what this version of tagledger writes (${parsed.issues[0].message}). Use the version that created the folder.`,
    );
  }
  return parsed.output;
};

/** What a folder's marker tells another folder into which its ledger is imported. */
const CarriedSchema = v.object({
  ...v.pick(MarkerSchema, ['mode', 'settings']).entries,
  tagledger: v.number(),
});

/**
 * The settings and the mode of a ledger's folder, of this or an earlier version. Every ledger of version 1 was a
 * simulated one. Throws an `InvalidInputError` for a folder that has none.
 */
export const folderMarker = (folder: string): Pick<Marker, 'mode' | 'settings'> => {
  const file = join(folder, MARKER);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), CarriedSchema), text);
  if (parsed.success) {
    const { tagledger, mode = tagledger === 1 ? 'simulated' : undefined, settings } = parsed.output;
    return { settings, ...(mode && { mode }) };
  }
  throw new InvalidInputError(
    `${folder} is not the folder of a ledger: it has no ${MARKER} with settings. Name the folder that was exported with --from.`,
  );
};

/** Creates the folder of a new ledger, or replaces the marker of an existing one. */
export const makeLedgerFolder = (path: string, marker: Marker): void => {
  mkdirSync(path, { recursive: true });
  const file = join(path, MARKER);
  writeFileSync(`${file}.new`, `${JSON.stringify(marker, null, 2)}\n`);
  renameSync(`${file}.new`, file);
};

/**
 * Removes the folder of an earlier demo. Rejects with an `InvalidInputError` for any other folder, and for
 * one in use.
 */
export const removeDemoFolder = async (path: string): Promise<void> => {
  const marker = findLedgerFolder(path);
  if (!marker) return;
  if (!marker.demo) {
    throw new InvalidInputError(
      `${resolve(path)} is not a demo ledger, so the demo does not replace it. Name another folder with --ledger.`,
    );
  }
  // Loaded on demand, because most commands that look at a folder's marker need no database.
  const { lockForWriting } = await import('../adapters/sqlite/writer-lock.ts');
  const isThere = existsSync(join(path, 'db'));
  const unlock = isThere ? await lockForWriting(join(path, 'db')) : undefined;
  rmSync(path, { recursive: true });
  unlock?.();
};
