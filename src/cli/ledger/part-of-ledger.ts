import { claimedProvenance } from '../../verifier/export-header.ts';

/**
 * Says that an exported file lacks the beginning of its ledger, if its header says so; undefined otherwise. Anyone can
 * write a header, so the absence of this shows nothing. Rejects with an `InvalidInputError` for a file that cannot be read.
 */
export const partText = async (path: string): Promise<string | undefined> => {
  const selection = (await claimedProvenance(path))?.selection;
  const since = selection?.kind === 'period' ? selection.since : undefined;
  return since && `${path} holds only what was recorded from ${since} on`;
};
