import { counted } from '../../alerts/notices/alert-text.ts';

/** What CloudTrail and people give the names of log files. */
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

/** What a file with this path is, if it is no log file. */
const otherThanLog = (path: string): string | undefined => {
  const folders = path.split(/[\\/]/);
  const name = folders.pop() ?? '';
  if (!LOG_FILE.test(name)) return 'other file';
  const beside = folders.find((folder) => Object.hasOwn(BESIDE, folder));
  return beside === undefined ? undefined : BESIDE[beside];
};

/** Log files, the digest files beside them, and how many other files were left out, by what they are. */
export interface Sorted<T> {
  readonly files: T[];
  readonly digests: T[];
  readonly leftOut: Map<string, number>;
}

/** Nothing yet. */
export const nothingSorted = <T>(): Sorted<T> => ({ files: [], digests: [], leftOut: new Map() });

/** How a file is made of its path. */
interface MakeFile<T> {
  readonly log: () => T;
  readonly digest: () => T;
}

/** Adds a file to the log files or to the digest files, and counts it if it is no log file. Hidden files are not counted. */
export const sortIn = <T>(
  { files, digests, leftOut }: Sorted<T>,
  path: string,
  { log, digest }: MakeFile<T>,
): void => {
  if (/(?:^|[\\/])\.[^\\/]*$/.test(path)) return;
  const other = otherThanLog(path);
  if (other === DIGEST) digests.push(digest());
  if (other === undefined) files.push(log());
  else leftOut.set(other, (leftOut.get(other) ?? 0) + 1);
};

/** What was found, with what was left out of the argument as a sentence. Digest files that are read are not left out. */
export const withNote = <T>(
  arg: string,
  { files, digests, leftOut }: Sorted<T>,
  readsDigests: boolean,
): { readonly files: readonly T[]; readonly digests: readonly T[]; readonly note?: string } => {
  const others = new Map([...leftOut].filter(([what]) => !(readsDigests && what === DIGEST)));
  return {
    files,
    digests,
    ...(others.size > 0 && {
      note: `${arg} has ${counted(files.length, 'log file')}. Left out: ${partsOf(others)}.`,
    }),
  };
};

/** What an argument without log files has instead, as the end of its error. */
export const onlyOthersText = ({ leftOut }: Sorted<unknown>): string =>
  leftOut.size === 0 ? '' : ` Left out: ${partsOf(leftOut)}.`;

const partsOf = (leftOut: ReadonlyMap<string, number>): string =>
  [...leftOut]
    .map(([what, count]) => counted(count, what))
    .sort()
    .join(', ');
