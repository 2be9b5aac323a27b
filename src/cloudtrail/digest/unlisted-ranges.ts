import { groupBy } from '../../shared/collections.ts';
import { logFileNameOf } from './log-file-name.ts';
import type { TrailRange } from './trail-range.ts';

/** What a digest covers. A log file of this last hour may be listed by the next digest. */
const HOUR = 3_600_000;

/**
 * The log files that no digest lists, by account and Region, where they are newer than the newest digest and where they are
 * not. `names` are without folders; `ranges` are those of the digests.
 */
export const unlistedRanges = (names: Iterable<string>, ranges: readonly TrailRange[]): TrailRange[] => {
  const newest = new Map<string, number>();
  for (const { account, region, until, digests } of ranges) {
    if (digests === 0 || until === null) continue;
    const place = `${account} ${region}`;
    newest.set(place, Math.max(newest.get(place) ?? 0, Date.parse(until)));
  }
  const files = [...names].sort().map((name) => {
    const { account = null, region = null, at = null } = logFileNameOf(name) ?? {};
    const end = newest.get(`${account} ${region}`);
    const isNewer = at !== null && end !== undefined && Date.parse(at) >= end - HOUR;
    return { account, region, at, files: isNewer ? ('newer' as const) : ('unlisted' as const) };
  });
  const groups = groupBy(files, (file) => [file.account, file.region, file.files].join(' '));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const times = group.flatMap(({ at }) => at ?? []).sort();
    const { account, region, files } = first;
    return {
      account,
      region,
      trail: null,
      files,
      signature: null,
      from: times[0] ?? null,
      until: times.at(-1) ?? null,
      digests: 0,
      logFiles: group.length,
    };
  });
};
