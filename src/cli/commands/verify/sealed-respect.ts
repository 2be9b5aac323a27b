import type { SealedSummary } from '../../../sealing/check/check-sealed.ts';
import type { Respect } from './report.ts';

/** Describes the sealed check for the report. */
export const sealedRespect = (summary: SealedSummary | undefined, now: Date): Respect => {
  if (!summary)
    return { counts: { sealed: 0, unsealed: 0 }, looked: 'the log is not believed, so nothing is' };
  const { sealed, unsealed, checkpoint } = summary;
  const age = unsealed.oldest === undefined ? '' : `, the first ${ageText(now, unsealed.oldest)}`;
  const signedAt =
    checkpoint.signedAt === undefined ? '' : `, signed ${new Date(checkpoint.signedAt * 1000).toISOString()}`;
  return {
    counts: { sealed, unsealed: unsealed.count },
    looked: `${sealed} events in the log${signedAt}; ${unsealed.count} not sealed yet${age}`,
  };
};

const ageText = (now: Date, recordedAt: string): string =>
  `${Math.max(0, Math.round((now.getTime() - Date.parse(recordedAt)) / 60_000))} minutes ago`;
