import { InvalidInputError } from '../../shared/errors.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import type { EndedFile, Recognize } from './known-files.ts';
import { readAhead } from './read-ahead.ts';
import { entriesIn, type TrailEntry } from './read-trail.ts';
import { rejectTeller } from './rejects.ts';
import { type TrailFiles, trailFiles } from './trail-files.ts';

/** Some entries of a file. */
export interface ReadBatch extends Iterable<TrailEntry> {
  /** The file, if these are its last entries. */
  readonly ended?: EndedFile;
}

/** Several files that are read as one trail. */
export interface Trails {
  /** The log files, and the digest files beside them. */
  readonly found: TrailFiles;
  /** The entries of the files, in order and in batches. Can be iterated only once. */
  readonly batches: AsyncIterable<ReadBatch>;
  /** The same, instead of `batches`, without the entries of files that are recognized. */
  readonly unknown: (recognize: Recognize) => AsyncIterable<ReadBatch>;
  /**
   * Shows how much of the files is read; the progress is complete only after the last entry. The size of standard input
   * and of a pipe is unknown.
   */
  progress(console: Console): void;
}

/**
 * Opens files, and the log files of folders, patterns and buckets, as one trail. What is left out is said on stderr;
 * the digest files are no part of that if `readsDigests` is set.
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
  const total = files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  let done = 0;
  let hasEnded = false;
  let isShown = false;
  const onRead = (bytes: number) => {
    done += bytes;
  };
  async function* batches(recognize?: Recognize): AsyncGenerator<ReadBatch> {
    for await (const batch of readAhead(files, { onRead, recognize })) {
      const { ended } = batch;
      yield Object.assign(entriesIn(batch), ended && { ended });
    }
    hasEnded = true;
  }
  return {
    found,
    batches: batches(),
    unknown: batches,
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

/**
 * Gives each value of a trail to `take`, and shows the progress. Entries that cannot be read, and those that `take` refuses
 * with an `InvalidInputError`, are reported on stderr. Resolves to their number.
 */
export const takeEntries = async (
  { batches, progress }: Pick<Trails, 'batches' | 'progress'>,
  console: Console,
  take: (value: unknown, at: Pick<TrailEntry, 'file' | 'position'>) => void,
): Promise<number> => {
  const rejected = rejectTeller();
  for await (const entries of batches) {
    for (const entry of entries) {
      const { file, position } = entry;
      try {
        if ('problem' in entry) throw new InvalidInputError(entry.problem);
        take(entry.value, { file, position });
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        rejected.add({ file, position, reason: error.message });
      }
    }
    progress(console);
  }
  progress(console);
  rejected.tell(console, undefined);
  return rejected.count();
};

/** The message for files without any record, so that they are not mistaken for a trail without activity. */
export const noRecordsText = (files: readonly string[]): string =>
  `No record was found in ${files.join(', ')}. Check that these are the files of the trail.`;

const kB = (bytes: number): number => Math.ceil(bytes / 1000);
