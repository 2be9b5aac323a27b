import { createHash, type Hash } from 'node:crypto';
import type { AccountCoverage } from '../../commands/record-coverage.ts';
import type { TrailFile } from './trail-file.ts';

/** What a ledger remembers of a file whose records are all in it. */
export interface FileMark {
  /** What the file says of accounts and times, which is heard again without reading it. */
  readonly coverage: readonly AccountCoverage[];
}

/** The files whose records are all in a ledger. */
export interface KnownFiles {
  /** The mark of a content; undefined if the file must be read. */
  find(content: string): Promise<FileMark | undefined>;
}

/** The end of a file. */
export interface EndedFile {
  readonly name: string;
  /** Names the content that was read; absent for a pipe, and if files are not looked up. */
  readonly content?: string;
  /** The mark of a file that was not read, because it is known. */
  readonly known?: FileMark;
}

/** A file that must be read. */
export interface UnknownFile {
  readonly file: TrailFile;
  /** Takes the bytes that are read. */
  readonly onRead?: (chunk: Buffer) => void;
  /** Names the content that was read, at the end of the file; absent for a file that has no such name. */
  readonly content?: () => string;
}

/** Looks a file up. */
export type Recognize = (file: TrailFile) => Promise<UnknownFile | { readonly mark: FileMark }>;

/**
 * Looks files up by their content, which is hashed unless a file has an identity. The content is hashed again while it is read,
 * so that a file which changes meanwhile is never taken for what it was. A file that cannot be read is returned as one
 * that must be: whoever reads it says what is wrong.
 */
export const recognizeIn =
  (known: KnownFiles): Recognize =>
  async (file) => {
    const { size, identity } = file;
    if (size === undefined) return { file };
    if (identity !== undefined) {
      const content = nameOf('object', createHash('sha256').update(identity));
      const mark = await known.find(content);
      return mark ? { mark } : { file, content: () => content };
    }
    const hashed = await hashFile(file);
    const mark = hashed && (await known.find(nameOf('sha256', hashed.hash)));
    if (mark) return { mark };
    const hash = createHash('sha256');
    return {
      file: hashed?.file ?? file,
      onRead: (chunk) => hash.update(chunk),
      content: () => nameOf('sha256', hash),
    };
  };

const nameOf = (kind: string, hash: Hash): string => `${kind}/${hash.digest('base64url')}`;

/** The hash of a file. A small one is kept, and not read a second time. */
const hashFile = async (
  file: TrailFile,
): Promise<{ readonly hash: Hash; readonly file: TrailFile } | undefined> => {
  const hash = createHash('sha256');
  try {
    if (!file.readWhole) {
      for await (const chunk of file.read()) hash.update(chunk);
      return { hash, file };
    }
    const whole = await file.readWhole();
    hash.update(whole);
    return { hash, file: { ...file, readWhole: async () => whole } };
  } catch {
    return undefined;
  }
};
