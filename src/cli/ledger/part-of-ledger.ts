import type { Provenance } from '../../verifier/provenance.ts';

/**
 * Says that an exported file lacks the beginning of its ledger, if its header says so; undefined otherwise. Anyone can
 * write a header, so the absence of this shows nothing.
 */
export const partText = (path: string, header: Provenance | undefined): string | undefined => {
  const selection = header?.selection;
  const since = selection?.kind === 'period' ? selection.since : undefined;
  return since && `${path} holds only what was recorded from ${since} on`;
};
