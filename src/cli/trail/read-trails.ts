import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { entriesIn, type TrailEntry } from './read-trail.ts';
import { unreadable } from './trail-bytes.ts';
import { type TrailFiles, trailFiles } from './trail-files.ts';
import { trailPieces } from './trail-pieces.ts';

/** Several files that are read as one trail. */
export interface Trails {
  /** The log files, and the digest files beside them. */
  readonly found: TrailFiles;
  /** The entries of the files, in order and in batches. Can be iterated only once. */
  readonly batches: AsyncIterable<Iterable<TrailEntry>>;
  /**
   * Shows how much of the files is read; the progress is complete only after the last entry. The size of standard input
   * and of a pipe is unknown.
   */
  progress(console: Console): void;
}

/**
 * Opens files, and the log files in folders, as one trail. What is left out of a folder is said on stderr; the digest files
 * are no part of that if `readsDigests` is set.
 *
 * Checks that every file exists and is readable before any is read, so that a misspelled name does not leave
 * the work half done. Throws an `InvalidInputError` for the first file that fails. The check does not open
 * the files, because a pipe can be opened only once.
 */
export const openTrails = async (
  args: readonly string[],
  { stderr }: Console,
  readsDigests = false,
): Promise<Trails> => {
  const found = await trailFiles(args, readsDigests);
  const { files } = found;
  for (const note of found.notes) stderr(sanitizeTerminal(note));
  let total: number | undefined = 0;
  let done = 0;
  let hasEnded = false;
  let isShown = false;
  for (const file of files) {
    const size = file === '-' ? undefined : await sizeOf(file);
    total = total === undefined || size === undefined ? undefined : total + size;
  }
  const onRead = (bytes: number) => {
    done += bytes;
  };
  async function* batches(): AsyncGenerator<Iterable<TrailEntry>> {
    for (const file of files) for await (const batch of trailPieces(file, onRead)) yield entriesIn(batch);
    hasEnded = true;
  }
  return {
    found,
    batches: batches(),
    progress: (console) => {
      if (isShown) return;
      isShown = hasEnded;
      if (hasEnded) console.progress(kB(done), kB(done), 'kB');
      // Bytes that are read are not processed yet, and all of them would end the progress.
      else if (total !== undefined) console.progress(Math.min(kB(done), kB(total) - 1), kB(total), 'kB');
      else console.progress(kB(done), undefined, 'kB');
    },
  };
};

/** The message for files without any record, so that they are not mistaken for a trail without activity. */
export const noRecordsText = (files: readonly string[]): string =>
  `No record was found in ${files.join(', ')}. Check that these are the files of the trail.`;

const sizeOf = async (file: string): Promise<number | undefined> => {
  try {
    await access(file, constants.R_OK);
    const stats = await stat(file);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    throw unreadable(file, error);
  }
};

const kB = (bytes: number): number => Math.ceil(bytes / 1000);
