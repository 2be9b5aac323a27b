import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { counted } from '../../alerts/notices/alert-text.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { unreadable } from './trail-bytes.ts';

/** The files of a trail. */
export interface TrailFiles {
  /** In the order of the arguments; those of a folder sorted by path. */
  readonly files: readonly string[];
  /** CloudTrail's digest files that are in folders beside the log files, sorted by path in each folder. */
  readonly digests: readonly string[];
  /** What was left out of folders, a sentence for each. */
  readonly notes: readonly string[];
}

/** What CloudTrail and people give these names. */
const LOG_FILE = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;

const DIGEST = 'digest file';
/**
 * The folders that CloudTrail keeps beside those of its log files, in `AWSLogs/ACCOUNT/`, and what is in them (AWS CloudTrail
 * user guide, "CloudTrail log file name format"). They hold no records of calls.
 */
const BESIDE: Readonly<Record<string, string>> = {
  'CloudTrail-Digest': DIGEST,
  'CloudTrail-Insight': 'Insights file',
};

/**
 * Replaces each folder by the log files in it and in the folders below it. Other arguments stay as they are. Throws an
 * `InvalidInputError` for a folder that cannot be read or has no log file. `readsDigests` says that the caller reads the
 * digest files, too, so that no note says that they are left out.
 */
export const trailFiles = async (args: readonly string[], readsDigests = false): Promise<TrailFiles> => {
  const files: string[] = [];
  const digests: string[] = [];
  const notes: string[] = [];
  for (const arg of args) {
    if (arg === '-' || !(await isFolder(arg))) {
      files.push(arg);
      continue;
    }
    const found: Found = { files: [], digests: [], skipped: new Map() };
    const own = resolve(arg)
      .split(sep)
      .flatMap((name) => BESIDE[name] ?? []);
    await collect(arg, own[0], found).catch((error: unknown) => {
      throw unreadable(arg, error);
    });
    if (found.files.length === 0)
      throw new InvalidInputError(
        `The folder ${arg} has no CloudTrail log file. Name a folder with files that end in .json or .json.gz.`,
      );
    for (const file of found.files.sort()) files.push(file);
    for (const file of found.digests.sort()) digests.push(file);
    if (readsDigests) found.skipped.delete(DIGEST);
    if (found.skipped.size > 0) notes.push(skippedText(arg, found));
  }
  return { files, digests, notes };
};

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Whoever reads the file says what is wrong with it.
  }
};

interface Found {
  readonly files: string[];
  readonly digests: string[];
  /** How many files were left out, by what they are. */
  readonly skipped: Map<string, number>;
}

/** Collects the files of a folder. `beside` is what all of them are, if they are no log files. */
const collect = async (folder: string, beside: string | undefined, found: Found): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await collect(path, beside ?? BESIDE[entry.name], found);
      continue;
    }
    if (entry.name.startsWith('.') || !(await isFile(entry, path))) continue;
    keep(path, LOG_FILE.test(entry.name) ? beside : 'other file', found);
  }
};

/** Keeps a log file, or counts a file that is something else. */
const keep = (path: string, what: string | undefined, { files, digests, skipped }: Found): void => {
  if (what === undefined) files.push(path);
  if (what === DIGEST) digests.push(path);
  if (what !== undefined) skipped.set(what, (skipped.get(what) ?? 0) + 1);
};

/** A link to a file is one. A link to a folder could lead back, and is passed over. */
const isFile = async (entry: Dirent, path: string): Promise<boolean> =>
  entry.isFile() || (entry.isSymbolicLink() && (await stat(path)).isFile());

const skippedText = (folder: string, { files, skipped }: Found): string => {
  const parts = [...skipped].map(([what, count]) => counted(count, what)).sort();
  return `${folder} has ${counted(files.length, 'log file')}. Left out: ${parts.join(', ')}.`;
};
