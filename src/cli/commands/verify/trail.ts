import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { interpretationContextOf } from '../../ledger/folder-settings.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openTrails, takeEntries } from '../../trail/read-trails.ts';
import { type BirthsCheck, birthsCheck } from './creations.ts';
import type { TrailFilesFacts } from './digest-outcome.ts';
import { checkTrailDigests, type DigestFinding, trailKeysIn } from './digests.ts';
import type { VerifyInvocation } from './flags.ts';

/** What the comparison with a trail shows, besides findings. */
export interface ComparedTrail extends TrailFilesFacts {
  /** The number of resources that the trail creates. */
  readonly creations: number;
  /** The number of entries that cannot be read. */
  readonly rejected: number;
}

/** A trail that was read, and with which a ledger is compared. */
export interface OpenTrail {
  readonly births: BirthsCheck;
  /** Compares its files with the digest files beside them. Call it once, after the ledger was compared. */
  end(onFinding: (finding: DigestFinding) => void): Promise<ComparedTrail>;
}

/**
 * Reads the files of `--trail`. Unreadable entries are reported and counted. Throws an
 * `InvalidInputError` for a file that cannot be read at all, or that has no keys for `--trail-keys`.
 */
export const openTrail = async ({
  values,
  ledger: where,
  env,
  console,
}: VerifyInvocation): Promise<OpenTrail> => {
  const keyFiles = values['trail-keys'];
  // Before the trail is read, which can take long.
  const keys = keyFiles.length > 0 ? trailKeysIn(keyFiles) : undefined;
  const marker = ledgerKindOf(where) === 'folder' ? findLedgerFolder(where) : undefined;
  const births = birthsCheck(interpretationContextOf(env, marker), new Date());
  const trails = await openTrails(values.trail, console, true);
  const rejected = await takeEntries(trails, console, (value) => births.expect(value));
  const { found } = trails;
  return {
    births,
    end: async (onFinding) => ({
      creations: births.count(),
      rejected,
      asksForProof: keys !== undefined,
      digests:
        found.digests.length > 0
          ? await checkTrailDigests(found, keys, onFinding, console.progress)
          : undefined,
    }),
  };
};
