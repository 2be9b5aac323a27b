import { recordCoverage } from '../../commands/record-coverage.ts';
import { COVERED_ACCOUNTS } from '../../events/ledger-stream.ts';
import type { LedgerRuntime } from './open-runtime.ts';

/**
 * Records that a simulated ledger knows all that has happened in its AWS until now, by the clock of the simulation. Does
 * nothing for other ledgers.
 */
export const recordSimulatedCoverage = async (
  ledger: Pick<LedgerRuntime, 'embedded' | 'store' | 'eventFormat'>,
): Promise<void> => {
  const { embedded, store } = ledger;
  if (!embedded?.cloudNow) return;
  const now = new Date(embedded.cloudNow());
  const to = now.toISOString();
  for (const { event } of await store.read(COVERED_ACCOUNTS)) {
    if (event.type !== 'CoverageRecorded') continue;
    const { account, regions } = event;
    await recordCoverage(
      { ...ledger, now: () => now },
      { account, source: 'simulation', from: to, to, regions },
    );
  }
};
