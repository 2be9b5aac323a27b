import { readFileSync } from 'node:fs';
import { beginSealedCheck, type SealedCheck } from '../../sealing/check/check-sealed.ts';
import type { SealedFinding } from '../../sealing/check/sealed-finding.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Invocation } from '../command.ts';
import { openLog, openLogs } from './open-log.ts';
import { keysIn } from './proof-files.ts';

/**
 * Opens the comparison of a ledger with its sealed log for `verify --key FILE`; undefined without a key.
 * `--checkpoint` names files with checkpoints that were kept elsewhere.
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
