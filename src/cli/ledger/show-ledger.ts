import { feedEnd } from '../../embedded/change-feed.ts';
import type { ShowProgress } from '../progress.ts';
import type { LedgerRuntime } from './open-runtime.ts';
import { showEvents } from './show-reading.ts';

/** A ledger of which each read of all events shows its progress. `done` events need not be read. */
export const showLedger = <L extends Pick<LedgerRuntime, 'store' | 'embedded'>>(
  ledger: L,
  show: ShowProgress,
  done = 0,
): L => ({
  ...ledger,
  store: showEvents(ledger.store, show, ledger.embedded && feedEnd(ledger.embedded.database) - done),
});
