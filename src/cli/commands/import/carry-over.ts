import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedStores } from '../../../embedded/embedded-stores.ts';
import { adoptLog } from '../../../sealing/adopt-log.ts';
import { beginSealedCheck } from '../../../sealing/check/check-sealed.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { logsOfFolder, openLog } from '../../ledger/open-log.ts';

/** What a ledger's folder has besides its events: the sealed logs, the keys, and the rejected records. */
export const CARRIED: readonly string[] = ['log', 'seal.key', 'seal.vkey', 'identity.key', 'rejects.ndjson'];

/**
 * Copies the logs, keys and rejected records of the folder that was exported, and continues its log. Throws
 * an `InvalidInputError` if the events are not those that the log has sealed.
 */
export const carryOver = async (
  from: string,
  to: string,
  { store, coordination, atomically }: EmbeddedStores,
): Promise<{ readonly carried: readonly string[]; readonly sealed: number }> => {
  const carried = CARRIED.filter((name) => existsSync(join(from, name)));
  if (carried.includes('log')) await refuseOtherLog(from, store);
  for (const name of carried)
    cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
  const sealed = carried.includes('log')
    ? await atomically(() => adoptLog(logsOfFolder(to), coordination))
    : 0;
  return { carried, sealed };
};

const refuseOtherLog = async (from: string, store: EmbeddedStores['store']): Promise<void> => {
  const { log, key } = await openLog(logsOfFolder(from));
  const check = await beginSealedCheck({ log, keys: [key] });
  const findings = [...check.findings];
  for await (const batch of store.columns()) for (const one of batch) findings.push(...check.add(one));
  findings.push(...(await check.end()).findings);
  const [first] = findings;
  if (first)
    throw new InvalidInputError(
      `The exported events are not those that the log in ${from} has sealed: ${first.kind}${first.stream === null ? '' : ` at ${first.seq} of ${first.stream}`}: ${first.expected} was expected, but ${first.found} was found. Export the ledger again, or import without --previous and begin a new log.`,
    );
};
