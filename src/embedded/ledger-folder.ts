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
import { refuseUnopenable } from './refuse-unopenable.ts';

/** The settings that a folder's ledger was begun with; the environment's win over them. */
const MarkerSchema = v.object({
  tagledger: v.literal(1),
  /** Made by `tagledger demo`, which may make it afresh. */
  demo: v.boolean(),
  settings: v.object({
    TAG_RULES: v.string(),
    TAGGER_ROLE_ARN: v.optional(v.string()),
    TAG_CHILDREN: v.optional(v.string()),
    HASH_IDENTITIES: v.optional(v.string()),
    /** Absent where a version made it that knew only the format 1. */
    EVENT_FORMAT: v.optional(v.string()),
  }),
});
export type Marker = v.InferOutput<typeof MarkerSchema>;

const MARKER = 'tagledger.json';

/**
 * The marker of a ledger folder; undefined when there is nothing at `path`. Throws an `InvalidInputError` for a
 * file, or a folder that holds other things: they are left alone.
 */
export const findLedgerFolder = (path: string): Marker | undefined => {
  const folder = resolve(path);
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) {
    throw new InvalidInputError(`got the file ${folder} as the ledger, expected a folder: name another one`);
  }
  if (readdirSync(folder).length === 0) return undefined;
  const file = join(folder, MARKER);
  if (!existsSync(file)) {
    throw new InvalidInputError(
      `got the folder ${folder} as the ledger, but it holds other things and no ${MARKER}: name a ledger's folder, or one that does not exist yet`,
    );
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), MarkerSchema), readFileSync(file, 'utf8'));
  if (!parsed.success) {
    throw new InvalidInputError(
      `got ${file} with ${parsed.issues[0].message}, expected what this version of tagledger wrote: use the version that made the folder`,
    );
  }
  return parsed.output;
};

/** Makes the folder of a new ledger, or gives the one that is there another marker. */
export const makeLedgerFolder = (path: string, marker: Marker): void => {
  mkdirSync(path, { recursive: true });
  const file = join(path, MARKER);
  writeFileSync(`${file}.new`, `${JSON.stringify(marker, null, 2)}\n`);
  renameSync(`${file}.new`, file);
};

/** Removes the folder of an earlier demo; rejects with an `InvalidInputError` for any other one, and for one in use. */
export const removeDemoFolder = async (path: string): Promise<void> => {
  const marker = findLedgerFolder(path);
  if (!marker) return;
  if (!marker.demo) {
    throw new InvalidInputError(
      `got ${resolve(path)}, which is a ledger of yours and no demo's: name another folder with --ledger`,
    );
  }
  await refuseUnopenable(join(path, 'db'));
  rmSync(path, { recursive: true });
};
