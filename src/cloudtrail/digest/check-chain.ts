import type { DigestFault } from './digest-fault.ts';
import { type Digest, fileNameOf, type PreviousDigest } from './parse-digest.ts';
import { checkSignature, type TrailKeys } from './public-keys.ts';
import { type FilesStatus, rangeBetween, rangeOf, type TrailRange } from './trail-range.ts';

/** A digest, and what is known of it before the next one is read. */
interface ChainLink {
  readonly digest: Digest;
  /** What its own list shows. */
  readonly files: FilesStatus;
  /** Undefined if only the next digest has it. */
  readonly signature: string | undefined;
}

/** Checks the digests of one chain, which are added from the oldest on. */
export interface ChainCheck {
  add(link: ChainLink): void;
  /** The ranges, one for each digest and one for each gap. Call it once, at the end. */
  end(): readonly TrailRange[];
}

/**
 * Starts the check of a chain. `places` are those of all digests, of every chain. The oldest digest may name an older one
 * that is not there: a copy begins somewhere.
 */
export const chainCheck = (
  keys: TrailKeys | undefined,
  places: ReadonlySet<string>,
  onFault: (fault: DigestFault) => void,
): ChainCheck => {
  const ranges: TrailRange[] = [];
  let last: ChainLink | undefined;

  const close = ({ digest, files, signature }: ChainLink, alteration?: DigestFault): void => {
    const verdict = checkSignature(digest, signature, keys);
    const fault = alteration ?? (verdict === 'invalid' ? notSigned(digest) : undefined);
    if (fault) onFault(fault);
    ranges.push(rangeOf(digest, fault ? 'digest-altered' : files, verdict));
  };
  const connect = (before: ChainLink, digest: Digest): void => {
    const { previous } = digest;
    const isNext = previous?.place === before.digest.place;
    if (isNext)
      close(
        { ...before, signature: before.signature ?? previous.signature },
        alterationOf(before.digest, previous),
      );
    else close(before);
    const isThere = previous === undefined || places.has(previous.place);
    if (previous && !isNext) onFault(brokenLink(before.digest, digest, previous, isThere));
    if (digest.from > before.digest.until && !digest.isBackfill)
      ranges.push(rangeBetween(before.digest, digest, isThere ? 'not-covered' : 'digest-missing'));
  };

  return {
    add: (link) => {
      if (last) connect(last, link.digest);
      last = link;
    },
    end: () => {
      if (last) close(last);
      return ranges;
    },
  };
};

const alterationOf = ({ sha256 }: Digest, expected: PreviousDigest): DigestFault | undefined =>
  sha256 === expected.sha256
    ? undefined
    : {
        kind: 'digest-altered',
        expected: `${fileNameOf(expected.place)} with SHA-256 ${expected.sha256}, as the next digest says`,
        found: `SHA-256 ${sha256}`,
      };

const notSigned = ({ place, fingerprint }: Digest): DigestFault => ({
  kind: 'digest-signature',
  expected: `${fileNameOf(place)}, signed with CloudTrail's key ${fingerprint}`,
  found: 'a signature that does not belong to it',
});

const brokenLink = (
  before: Digest,
  digest: Digest,
  previous: PreviousDigest,
  isThere: boolean,
): DigestFault => ({
  kind: isThere ? 'digest-order' : 'digest-missing',
  expected: `${fileNameOf(previous.place)} before ${fileNameOf(digest.place)}`,
  found: isThere ? `${fileNameOf(before.place)} between them` : 'no such file',
});
