import { stat } from 'node:fs/promises';
import { type FoundFiles, localFile, STANDARD_INPUT, type TrailFile } from './trail-file.ts';

/** The files of a trail. */
export interface TrailFiles {
  /** In the order of the arguments; those of a folder, a pattern or a bucket sorted by path. Each occurs once. */
  readonly files: readonly TrailFile[];
  /** CloudTrail's digest files beside the log files, in the same order. */
  readonly digests: readonly TrailFile[];
  /** What was left out of folders, patterns and buckets, a sentence for each. */
  readonly notes: readonly string[];
}

/**
 * Replaces each folder by the log files in it and in the folders below it, each pattern by the log files that it
 * stands for, and each `s3://BUCKET/PREFIX` by those under it. A file or folder of exactly this name is no pattern.
 * Other arguments stay as they are. Throws an `InvalidInputError` for a file that cannot be read, and for an argument
 * without any log file. `readsDigests` says that the caller reads the digest files, too, so that no note says that they are left out.
 */
export const trailFiles = async (args: readonly string[], readsDigests = false): Promise<TrailFiles> => {
  const files = new Map<string, TrailFile>();
  const digests = new Map<string, TrailFile>();
  const notes: string[] = [];
  for (const arg of args) {
    const found = await filesOf(arg, readsDigests);
    for (const file of found.files) if (!files.has(file.name)) files.set(file.name, file);
    for (const file of found.digests ?? []) if (!digests.has(file.name)) digests.set(file.name, file);
    if (found.note !== undefined) notes.push(found.note);
  }
  return { files: [...files.values()], digests: [...digests.values()], notes };
};

const filesOf = async (arg: string, readsDigests: boolean): Promise<FoundFiles> => {
  if (arg === STANDARD_INPUT) return { files: [localFile(arg)] };
  // What most arguments are not is loaded on demand; files need no AWS client.
  if (arg.startsWith('s3:')) return (await import('./bucket-files.ts')).bucketFiles(arg, readsDigests);
  const kind = await kindOf(arg);
  const found =
    kind === 'file'
      ? undefined
      : await (await import('./folder-files.ts')).folderFiles(arg, kind, readsDigests);
  return found ?? { files: [localFile(arg)] };
};

const kindOf = async (path: string): Promise<'folder' | 'file' | 'missing'> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    // Whoever reads a file says what else is wrong with it.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'file';
  }
};
