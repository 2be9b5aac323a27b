import { basename } from 'node:path';
import pMap from 'p-map';
import { groupBy } from '../../shared/collections.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { chainCheck } from './check-chain.ts';
import type { DigestFault } from './digest-fault.ts';
import { type Digest, fileNameOf, type ListedLogFile, parseDigest } from './parse-digest.ts';
import type { TrailKeys } from './public-keys.ts';
import { type FilesStatus, joinRanges, type TrailRange } from './trail-range.ts';

/** A digest file as it is stored. */
export interface DigestFile {
  /** Its uncompressed content. */
  readonly bytes: Buffer;
  /** Why `bytes` end where they do, if that is not the end. */
  readonly damage?: string | undefined;
  /** In hexadecimal, if the place where it is stored keeps it beside the file, as S3 does. */
  readonly signature?: string | undefined;
}

/** The files of a trail, wherever they are. */
export interface TrailSource {
  /** The paths of the digest files, in any order; copies may be among them. */
  readonly digests: readonly string[];
  /** Reads a digest file. Rejects with an `InvalidInputError` for a file that cannot be read at all. */
  readDigest(path: string): Promise<DigestFile>;
  /** What is wrong with a log file that a digest lists. */
  checkLogFile(file: ListedLogFile): Promise<DigestFault | undefined>;
}

/** What the digests of a trail show. */
export interface CheckedDigests {
  /** In the order of accounts, Regions, trails and times. */
  readonly ranges: readonly TrailRange[];
  /** The digests that could not be proven although keys were given, by the reason; the newest of a proven chain aside. */
  readonly unproven: { readonly noKey: number; readonly noSignature: number };
}

const LOG_FILES_AT_ONCE = 4;

/**
 * Checks the digest files of trails: that the log files which they list are there and unchanged, that they
 * follow each other, and, with keys, that CloudTrail signed them. The signature of a digest is in the next one, so the newest of
 * a chain usually stays unproven. Reads each digest twice, so that memory holds only where each belongs.
 *
 * `onFault` receives what is wrong, in the order in which it is found; `onDigest` is called after each digest.
 */
export const checkDigests = async (
  source: TrailSource,
  keys: TrailKeys | undefined,
  onFault: (fault: DigestFault) => void,
  onDigest: () => void,
): Promise<CheckedDigests> => {
  const { chains, places } = await chainsIn(source, onFault);
  const ranges: TrailRange[] = [];
  const unproven = { noKey: 0, noSignature: 0 };
  for (const names of chains) {
    const chain = chainCheck(keys, places, onFault);
    for (const name of names) {
      const { bytes, signature } = await source.readDigest(name);
      const digest = parseDigest(bytes);
      const faults = (
        await pMap(digest.logFiles, (file) => source.checkLogFile(file), { concurrency: LOG_FILES_AT_ONCE })
      ).filter((fault) => fault !== undefined);
      for (const fault of faults) onFault(fault);
      chain.add({ digest, files: statusOf(faults), signature });
      onDigest();
    }
    const checked = chain.end();
    for (const range of joinRanges(checked)) ranges.push(range);
    countUnproven(checked, unproven);
  }
  return { ranges, unproven };
};

const statusOf = (faults: readonly DigestFault[]): FilesStatus => {
  if (faults.some(({ kind }) => kind === 'log-altered')) return 'log-altered';
  return faults.length > 0 ? 'log-missing' : 'whole';
};

/** The newest digest is not counted if others of its chain are proven: what it lists is said to be newer than the proof. */
const countUnproven = (
  ranges: readonly TrailRange[],
  unproven: { noKey: number; noSignature: number },
): void => {
  const isProven = ranges.some(({ signature }) => signature === 'signed');
  for (const { signature } of isProven ? ranges.slice(0, -1) : ranges) {
    if (signature === 'no-key') unproven.noKey += 1;
    if (signature === 'no-signature') unproven.noSignature += 1;
  }
};

/** Where a digest file belongs. */
interface Entry {
  readonly name: string;
  readonly place: string;
  readonly sha256: string;
  readonly chain: string;
  readonly until: string;
}

/** The names of digest files, by chain, each chain from the oldest on and without copies; and the places of all. */
const chainsIn = async (
  source: TrailSource,
  onFault: (fault: DigestFault) => void,
): Promise<{ readonly chains: readonly (readonly string[])[]; readonly places: ReadonlySet<string> }> => {
  const entries = new Map<string, Entry>();
  for (const name of source.digests) {
    const file = await source.readDigest(name);
    try {
      const entry = entryOf(name, digestIn(file));
      if (!isAtPlace(entry))
        onFault({
          kind: 'digest-moved',
          expected: `${fileNameOf(entry.place)}, as the digest names itself`,
          found: `the file ${name}`,
        });
      const known = entries.get(entry.sha256);
      // Which of two copies is read must not depend on the order of the files.
      if (!known || name < known.name) entries.set(entry.sha256, entry);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      onFault({ kind: 'digest-unreadable', expected: `a digest file in ${name}`, found: error.message });
    }
  }
  const sorted = [...entries.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const chains = groupBy(sorted, ({ chain }) => chain);
  return {
    chains: [...chains.values()].map((chain) => chain.map(({ name }) => name)),
    places: new Set(sorted.map(({ place }) => place)),
  };
};

/** Throws an `InvalidInputError` as `parseDigest` does. */
const digestIn = ({ bytes, damage }: DigestFile): Digest => {
  if (damage !== undefined) throw new InvalidInputError(`it is damaged (${damage})`);
  return parseDigest(bytes);
};

/** Whether a file has the name that the digest in it has in S3, or had before it was inflated. */
const isAtPlace = ({ name, place }: Entry): boolean =>
  [place, place.replace(/\.gz$/, '')].some((one) => fileNameOf(one) === basename(name));

const entryOf = (name: string, digest: Digest): Entry => {
  const { place, sha256, account, region, trail, isBackfill, until } = digest;
  return { name, place, sha256, until, chain: [account, region, trail, isBackfill].join(' ') };
};

const keyOf = ({ chain, until, place, sha256 }: Entry): string => [chain, until, place, sha256].join(' ');
