import type { Digest } from './parse-digest.ts';
import type { SignatureVerdict } from './public-keys.ts';

/**
 * What the digests say about the files of a time.
 *
 * - `whole`: every log file that they list is there, unchanged;
 * - `log-missing`, `log-altered`: some are not;
 * - `digest-altered`: the digest is not the one that CloudTrail wrote, so its list counts for nothing;
 * - `digest-missing`: the next digest names one that is not there;
 * - `not-covered`: CloudTrail wrote no digest, because logging or validation was switched off;
 * - `unlisted`: no digest lists these log files;
 * - `newer`: as `unlisted`, and a digest that is not written or not copied yet can list them.
 */
export type FilesStatus =
  | 'whole'
  | 'log-missing'
  | 'log-altered'
  | 'digest-altered'
  | 'digest-missing'
  | 'not-covered'
  | 'unlisted'
  | 'newer';

/** A time in which the same is true of the files of an account and a Region. */
export interface TrailRange {
  /** Null where the names of the log files do not say it, as `region`, `from` and `until`. */
  readonly account: string | null;
  readonly region: string | null;
  /** The trail and its home Region; null for log files that no digest lists. */
  readonly trail: string | null;
  readonly files: FilesStatus;
  /** Null where there is no digest. */
  readonly signature: SignatureVerdict | null;
  /** The time of delivery, which is up to about a quarter of an hour after that of the events. ISO 8601, UTC, milliseconds. */
  readonly from: string | null;
  readonly until: string | null;
  readonly digests: number;
  /** The number of log files that they list, or that no digest lists. */
  readonly logFiles: number;
}

/** The range of one digest. */
export const rangeOf = (
  { account, region, trail, isBackfill, from, until, logFiles }: Digest,
  files: FilesStatus,
  signature: SignatureVerdict,
): TrailRange => ({
  account,
  region,
  trail: isBackfill ? `${trail} (backfill)` : trail,
  files,
  signature,
  from,
  until,
  digests: 1,
  logFiles: logFiles.length,
});

/** The range between two digests of a chain. */
export const rangeBetween = (
  { account, region, trail, until }: Digest,
  next: Digest,
  files: FilesStatus,
): TrailRange => ({
  account,
  region,
  trail,
  files,
  signature: null,
  from: until,
  until: next.from,
  digests: 0,
  logFiles: 0,
});

/** Joins ranges that follow each other without a gap and say the same. */
export const joinRanges = (ranges: readonly TrailRange[]): TrailRange[] => {
  const joined: TrailRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && isOneWith(last, range)) joined[joined.length - 1] = join(last, range);
    else joined.push(range);
  }
  return joined;
};

const SAME = ['account', 'region', 'trail', 'files', 'signature'] as const;

const isOneWith = (one: TrailRange, next: TrailRange): boolean =>
  SAME.every((member) => one[member] === next[member]) &&
  one.until !== null &&
  next.from !== null &&
  next.from <= one.until;

const join = (one: TrailRange, next: TrailRange): TrailRange => ({
  ...one,
  until: [one.until ?? '', next.until ?? ''].sort().at(-1) ?? null,
  digests: one.digests + next.digests,
  logFiles: one.logFiles + next.logFiles,
});
