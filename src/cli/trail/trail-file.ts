import { accessSync, constants, createReadStream, readFile, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { InvalidInputError } from '../../shared/errors.ts';
import { systemErrorText } from '../system-error-text.ts';

/** A file of a trail: of the file system, an object of a bucket, or standard input. */
export interface TrailFile {
  /** Its path, its `s3://` address, or `-`. */
  readonly name: string;
  /** Its size in bytes; absent for standard input and for a pipe, which can be read only once. */
  readonly size?: number;
  /** Names the content without reading it. Two files of the same identity have the same content. */
  readonly identity?: string;
  /** Reads the bytes from the beginning, in chunks. Rejects if that is not possible, with the reason. */
  readonly read: () => AsyncIterable<Buffer>;
  /** Of a small file: reads all bytes at once, which takes a third of the time. Rejects like {@link TrailFile.read}. */
  readonly readWhole?: () => Promise<Buffer>;
}

/** The files that an argument stands for. */
export interface FoundFiles {
  readonly files: readonly TrailFile[];
  /** The digest files beside them; absent if there are none. */
  readonly digests?: readonly TrailFile[];
  /** What was left out, as a sentence; absent if nothing was. */
  readonly note?: string;
}

/** Standard input. */
export const STANDARD_INPUT = '-';

/** Small enough that the inflated data, about twenty times as much, is one job of the thread pool. */
const READ_AT_ONCE = 16 * 1024;

/** A file up to this size is read and inflated at once. */
const SMALL = 256 * 1024;

/**
 * A file of the file system, or standard input for `-`. Throws an `InvalidInputError` if it does not exist or cannot be
 * read. The file is not opened, because a pipe can be opened only once.
 */
export const localFile = (name: string): TrailFile => {
  if (name === STANDARD_INPUT) return { name, read: () => process.stdin };
  const size = sizeOf(name);
  return {
    ...uncheckedFile(name),
    ...(size !== undefined && { size }),
    ...(size !== undefined && size <= SMALL && { readWhole: () => readWhole(name) }),
  };
};

/** A file of the file system that is not looked at before it is read. */
export const uncheckedFile = (name: string): TrailFile => ({
  name,
  read: () => createReadStream(name, { highWaterMark: READ_AT_ONCE }),
});

/** That of `node:fs/promises` takes twice the time. */
const readWhole = promisify<string, Buffer>(readFile);

/** The size of a file; undefined for a pipe. Two synchronous calls take less time than one that is not. */
const sizeOf = (name: string): number | undefined => {
  try {
    accessSync(name, constants.R_OK);
    const stats = statSync(name);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    throw unreadable(name, error);
  }
};

/** The error for a file that cannot be opened or read at all. */
export const unreadable = (file: string, error: unknown): InvalidInputError =>
  error instanceof InvalidInputError
    ? error
    : new InvalidInputError(
        systemErrorText(error) ??
          `${file} cannot be read (${(error as Error).message}). Name a CloudTrail log file, plain or gzipped.`,
        { cause: error },
      );
