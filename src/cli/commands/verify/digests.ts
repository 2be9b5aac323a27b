import { type CheckedDigests, checkDigests } from '../../../cloudtrail/digest/check-digests.ts';
import type { DigestFault } from '../../../cloudtrail/digest/digest-fault.ts';
import { parseTrailKeys, type TrailKeys } from '../../../cloudtrail/digest/public-keys.ts';
import { unlistedRanges } from '../../../cloudtrail/digest/unlisted-ranges.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { proofText } from '../../ledger/proof-files.ts';
import type { ShowProgress } from '../../progress.ts';
import type { TrailFiles } from '../../trail/trail-files.ts';
import { folderSource } from '../../trail/trail-source.ts';

/** A finding about the files of a trail. It is about no event of the ledger. */
export interface DigestFinding extends DigestFault {
  readonly stream: null;
  readonly seq: null;
}

/** What the digests of a trail show. */
export interface DigestFacts extends CheckedDigests {
  /** Whether signatures were checked. */
  readonly hasKeys: boolean;
  /** The number of findings. */
  readonly findings: number;
}

/**
 * Reads the files of `--trail-keys`. Throws an `InvalidInputError` for a file that is not an output of `aws cloudtrail
 * list-public-keys`.
 */
export const trailKeysIn = (files: readonly string[]): TrailKeys => {
  const keys = files.flatMap((file) => {
    const output = proofText(file);
    try {
      return [...parseTrailKeys(output)];
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      throw new InvalidInputError(`${file}: ${error.message}`, { cause: error });
    }
  });
  return new Map(keys);
};

/** Checks the files of a trail against the digest files beside them, of which there is one at least. */
export const checkTrailDigests = async (
  files: TrailFiles,
  keys: TrailKeys | undefined,
  onFinding: (finding: DigestFinding) => void,
  show: ShowProgress,
): Promise<DigestFacts> => {
  const total = files.digests.length;
  const source = folderSource(files);
  let [done, findings] = [0, 0];
  const { ranges, unproven } = await checkDigests(
    source,
    keys,
    ({ kind, expected, found }) => {
      findings += 1;
      onFinding({ kind, stream: null, seq: null, expected, found });
    },
    () => show(++done, total, 'digests'),
  );
  show(total, total, 'digests');
  const unlisted = unlistedRanges(source.unlisted(), ranges);
  return { ranges: [...ranges, ...unlisted], unproven, hasKeys: keys !== undefined, findings };
};
