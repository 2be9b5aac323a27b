import { readFileSync } from 'node:fs';
import { beginSealedCheck, type SealedCheck, type SealedSummary } from '../../sealing/check/check-sealed.ts';
import type { SealedFinding } from '../../sealing/check/sealed-finding.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Invocation } from '../command.ts';
import { keysIn } from '../commands/verify/bundle.ts';
import type { Respect } from '../commands/verify/report.ts';
import { openLog, openLogs } from './open-log.ts';

/**
 * The comparison of a ledger with its log that `verify --key FILE` asks for; undefined without a key. `--checkpoint`
 * names files with checkpoints that were kept elsewhere.
 */
export const openSealedCheck = async ({
  values,
  ledger,
  env,
}: Pick<Invocation, 'values' | 'ledger' | 'env'>): Promise<
  (SealedCheck & { readonly findings: readonly SealedFinding[] }) | undefined
> => {
  if (values.key === undefined) return undefined;
  const keys = keysIn(String(values.key));
  const earlier = [values.checkpoint ?? []].flat().map((file) => noteIn(String(file)));
  const { log } = await openLog(await openLogs(values.log, ledger, env));
  return beginSealedCheck({ log, keys, earlier });
};

const noteIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
};

/** What a report says was looked at. */
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
