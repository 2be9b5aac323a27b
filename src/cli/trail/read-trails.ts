import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Console } from '../terminal.ts';
import { entriesIn, type TrailEntry } from './read-trail.ts';
import { unreadable } from './trail-bytes.ts';
import { type TrailBatch, trailPieces } from './trail-pieces.ts';

/** Several files as one trail. */
export interface Trails {
  /** What they hold, in order, some at a time; to be read once. */
  readonly batches: AsyncIterable<Iterable<TrailEntry>>;
  /** The same before it is parsed; instead of the other. */
  readonly unparsed: AsyncIterable<TrailBatch>;
  /**
   * Shows how much of the files was read, and that it is all once the entries have ended; nothing where that is not
   * known, as for standard input alone.
   */
  progress(console: Console): void;
}

/**
 * Makes sure that every file is there and may be read, and only then gives what they hold: a misspelt name must
 * not leave half of the work done. Throws an `InvalidInputError` for the first that is not. The files are not
 * opened for it, because a pipe can be opened only once.
 */
export const openTrails = async (files: readonly string[]): Promise<Trails> => {
  let total = 0;
  let done = 0;
  let hasEnded = false;
  let isShown = false;
  for (const file of files) total += file === '-' ? 0 : await sizeOf(file);
  const onRead = (bytes: number) => {
    done += bytes;
  };
  async function* unparsed(): AsyncGenerator<TrailBatch> {
    for (const file of files) yield* trailPieces(file, onRead);
    hasEnded = true;
  }
  async function* batches(): AsyncGenerator<Iterable<TrailEntry>> {
    for await (const batch of unparsed()) yield entriesIn(batch);
  }
  return {
    batches: batches(),
    unparsed: unparsed(),
    progress: (console) => {
      if (total === 0 || isShown) return;
      // What is read is not worked on yet, and a bar that is full begins a new line.
      const most = hasEnded ? kB(total) : kB(total) - 1;
      console.progress(hasEnded ? most : Math.min(kB(done), most), kB(total), 'kB');
      isShown = hasEnded;
    },
  };
};

/** That files were read which hold no record at all, so that nobody takes them for a trail in which nothing happened. */
export const noRecordsText = (files: readonly string[]): string =>
  `No record was found in ${files.join(', ')}. Check that these are the files of the trail.`;

const sizeOf = async (file: string): Promise<number> => {
  try {
    await access(file, constants.R_OK);
    const stats = await stat(file);
    if (stats.isDirectory()) throw new Error('it is a folder');
    return stats.size;
  } catch (error) {
    throw unreadable(file, error);
  }
};

const kB = (bytes: number): number => Math.ceil(bytes / 1000);
