import { type Dirent, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors.ts';
import { type Glob, type PathMatch, parseGlob } from './glob.ts';
import { nothingSorted, onlyOthersText, type Sorted, sortIn, withNote } from './left-out.ts';
import { type FoundFiles, localFile, type TrailFile, uncheckedFile, unreadable } from './trail-file.ts';

/**
 * The log files of a folder, or of a pattern if there is nothing of this name; undefined if that is no pattern. Throws an
 * `InvalidInputError` if there is none, or a folder cannot be read.
 */
export const folderFiles = async (
  arg: string,
  kind: 'folder' | 'missing',
  readsDigests: boolean,
): Promise<FoundFiles | undefined> => {
  if (kind === 'folder') return withNote(arg, await filesInFolder(arg), readsDigests);
  const glob = parseGlob(arg);
  return glob && withNote(arg, await filesOfGlob(arg, glob), readsDigests);
};

type Found = Sorted<TrailFile>;

const filesInFolder = async (arg: string): Promise<Found> => {
  const found = await findFiles(arg, (paths) => collect(arg, undefined, paths));
  if (found.files.length === 0)
    throw new InvalidInputError(
      `The folder ${arg} has no CloudTrail log file. Name a folder with files that end in .json or .json.gz.${onlyOthersText(found)}`,
    );
  return found;
};

const filesOfGlob = async (arg: string, { base, start }: Glob): Promise<Found> => {
  const isThere = existsSync(base || '.');
  const found = await findFiles(arg, async (paths) => {
    if (isThere) await collect(base, start, paths);
  });
  if (found.files.length === 0)
    throw new InvalidInputError(
      `No CloudTrail log file matches ${arg}. Check the pattern: names of log files end in .json or .json.gz.${onlyOthersText(found)}`,
    );
  return found;
};

/** The files at the paths that `collectPaths` finds, sorted. */
const findFiles = async (arg: string, collectPaths: (paths: string[]) => Promise<void>): Promise<Found> => {
  const paths: string[] = [];
  await collectPaths(paths).catch((error: unknown) => {
    throw unreadable(arg, error);
  });
  const found = nothingSorted<TrailFile>();
  for (const path of paths.sort())
    sortIn(found, resolve(path), { log: () => localFile(path), digest: () => uncheckedFile(path) });
  return found;
};

/** Collects the paths of files below a folder. `match` is that of the folder; without it, all files match. */
const collect = async (folder: string, match: PathMatch | undefined, paths: string[]): Promise<void> => {
  for (const entry of await readdir(folder || '.', { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const below = match?.step(entry.name);
    const isMatched = below === undefined || below.isMet;
    if (entry.isDirectory()) {
      // A folder that matches a pattern stands for what is in it, as an argument does.
      if (isMatched) await collect(path, undefined, paths);
      else if (below.isOpen) await collect(path, below, paths);
    } else if (isMatched && (await isFile(entry, path))) paths.push(path);
  }
};

/** A link to a file is one. A link to a folder could lead back, and is passed over. */
const isFile = async (entry: Dirent, path: string): Promise<boolean> =>
  entry.isFile() || (entry.isSymbolicLink() && (await stat(path)).isFile());
