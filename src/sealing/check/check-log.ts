import { checkCheckpoint, type SignedCheckpoint } from '../../verifier/checkpoint.ts';
import { checkConsistency } from '../../verifier/consistency.ts';
import { NotProvenError } from '../../verifier/not-proven-error.ts';
import type { VerifierKey } from '../../verifier/verifier-key.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { consistencyProof } from '../tree/tree-proofs.ts';
import { damaged, ofLog, type SealedFinding } from './sealed-finding.ts';

/**
 * The newest published checkpoint of a log if one of the trusted keys signed it; otherwise the finding that says why
 * it cannot be trusted.
 */
export const newestCheckpoint = async (
  log: SealedLog,
  keys: readonly VerifierKey[],
): Promise<SignedCheckpoint | SealedFinding> => {
  const note = await log.checkpoint();
  if (note === undefined) return damaged('no published checkpoint');
  try {
    return checkCheckpoint(note, keys);
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    return ofLog(error.reason, 'a checkpoint that one of the keys signed', error.message);
  }
};

/**
 * Checks the log against checkpoints (signed notes) that were kept elsewhere, which shows whether it was cut
 * or forked. A kept checkpoint of another log, or one that no trusted key signed, is a finding as well: the
 * wrong note was kept.
 */
export const earlierFindings = async (
  log: SealedLog,
  checkpoint: SignedCheckpoint,
  earlier: readonly string[],
  keys: readonly VerifierKey[],
): Promise<SealedFinding[]> => {
  const findings: SealedFinding[] = [];
  for (const note of earlier) {
    try {
      const kept = checkCheckpoint(note, keys);
      const { origin, size } = kept;
      if (origin !== checkpoint.origin)
        throw new NotProvenError(
          'other-origin',
          `a kept checkpoint is of ${origin}, and the log is ${checkpoint.origin}`,
        );
      if (size > checkpoint.size)
        findings.push(
          ofLog('cut', `at least the ${size} leaves of a kept checkpoint`, `${checkpoint.size} leaves`),
        );
      else checkConsistency(kept, checkpoint, await consistencyProof(log, size, checkpoint.size));
    } catch (error) {
      if (!(error instanceof NotProvenError)) throw error;
      const kind = error.reason === 'not-consistent' ? 'forked' : error.reason;
      findings.push(ofLog(kind, 'a log that extends the checkpoint that was kept', error.message));
    }
  }
  return findings;
};
