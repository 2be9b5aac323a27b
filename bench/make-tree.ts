import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { makeRecords } from './make-trail.ts';

/** What {@link makeTree} wrote. */
export interface MadeTree {
  /** The log files, in their order. */
  readonly files: readonly string[];
  readonly records: number;
  /** Bytes of the log files before and after gzip. */
  readonly inflated: number;
  readonly gzipped: number;
}

const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1', 'ap-southeast-2'];
const MINUTE = 60_000;
/** CloudTrail delivers about every five minutes. */
const EVERY = 5 * MINUTE;

/**
 * Writes so many log files as the bucket of a trail has them: two accounts, four Regions, folders of days, some records in
 * most files and hundreds in a few; beside them a digest file for each hour and folders of Insights files.
 * `tsx bench/make-tree.ts FOLDER [FILES]`
 */
export const makeTree = (folder: string, count: number): MadeTree => {
  const files: string[] = [];
  let [records, inflated, gzipped] = [0, 0, 0];
  const write = (kind: string, n: number, content: Buffer): string => {
    const account = ACCOUNTS[n % ACCOUNTS.length] as string;
    const region = REGIONS[Math.floor(n / ACCOUNTS.length) % REGIONS.length] as string;
    const at = timeOf(n).toISOString();
    const day = join(folder, 'AWSLogs', account, kind, region, ...at.slice(0, 10).split('-'));
    mkdirSync(day, { recursive: true });
    const stamp = `${at.slice(0, 16).replace(/[-:]/g, '')}Z`;
    const file = join(
      day,
      `${account}_${kind}_${region}_${stamp}_${n.toString(36).padStart(16, 'x')}.json.gz`,
    );
    writeFileSync(file, content);
    return file;
  };
  for (let n = 0; n < count; n++) {
    const account = ACCOUNTS[n % ACCOUNTS.length] as string;
    const region = REGIONS[Math.floor(n / ACCOUNTS.length) % REGIONS.length] as string;
    const made = makeRecords(n + 1, sizeOf(n), { account, region, from: timeOf(n) });
    const text = JSON.stringify({ Records: made });
    const content = gzipSync(text);
    files.push(write('CloudTrail', n, content));
    records += made.length;
    inflated += text.length;
    gzipped += content.length;
    if (n % 12 === 0) write('CloudTrail-Digest', n, gzipSync('{"digestS3Bucket":"trail"}'));
    if (n % 100 === 0) write('CloudTrail-Insight', n, gzipSync('{"Records":[]}'));
  }
  return { files: files.sort(), records, inflated, gzipped };
};

const timeOf = (n: number): Date =>
  new Date(Date.UTC(2026, 2, 1) + Math.floor(n / (ACCOUNTS.length * REGIONS.length)) * EVERY);

/** The records of a file: of 100 files, 60 have up to 8, 30 up to 40, 9 up to 150, and one has some hundreds. */
const sizeOf = (n: number): number => {
  const [share, part] = [(n * 37) % 100, ((n * 7919) % 1000) / 1000];
  const [least, most] = share < 60 ? [1, 8] : share < 90 ? [9, 40] : share < 99 ? [41, 150] : [300, 600];
  return Math.round(least + part * (most - least));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'tree', count = '10000'] = process.argv.slice(2);
  console.log({ ...makeTree(folder, Number(count)), files: undefined });
}
