import { checkCheckpoint, type SignedCheckpoint } from '../../verifier/checkpoint.ts';
import { checkConsistency } from '../../verifier/consistency.ts';
import { NotProvenError } from '../../verifier/not-proven-error.ts';
import type { VerifierKey } from '../../verifier/verifier-key.ts';
import type { SealedLog } from '../log/sealed-log.ts';
import { consistencyProof } from '../tree/tree-proofs.ts';
import { damaged, ofLog, type SealedFinding } from './sealed-finding.ts';

/** The published checkpoint of a log, checked against trusted keys, or why it is not believed. */
export const publishedCheckpoint = async (
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
 * What speaks against the log in checkpoints that were kept elsewhere, signed notes: that it was cut, or forked. Those of
 * other logs, and such as were never signed by the keys, are findings as well: somebody has kept the wrong thing.
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
