import { backoff } from '../shared/backoff.ts';
import type { CoordinationStore, Memo, StoredMemo } from './coordination-store.ts';

/** How many times a memo is changed anew before the writes of others win for good. */
const MAX_TRIES = 10;

/**
 * Reads a memo, asks for the change, swaps, and does it again whenever somebody else was faster; gives what it wrote,
 * undefined when there was nothing to change. Rejects after {@link MAX_TRIES} lost races, having written nothing.
 * Two writers must not want the same content for different reasons: both may be told that they won (see
 * {@link CoordinationStore}).
 *
 * `seen` is the memo as the caller has read it, which saves the first read; `wait` is between lost races.
 */
export const compareAndSwap = async <M extends Omit<Memo, 'key'>>(
  coordination: CoordinationStore,
  key: string,
  change: (there: StoredMemo | undefined) => M | undefined,
  {
    seen,
    wait = backoff,
  }: {
    readonly seen?: { readonly there: StoredMemo | undefined } | undefined;
    readonly wait?: (tries: number) => Promise<void>;
  } = {},
): Promise<M | undefined> => {
  let there = seen ? seen.there : (await coordination.get([key]))[0];
  for (let tries = 1; ; tries++) {
    const changed = change(there);
    if (!changed || (await coordination.swap({ ...changed, key }, there))) return changed;
    if (tries === MAX_TRIES) throw new Error(`others changed the memo ${key} ${tries} times meanwhile`);
    // The first loss is nearly always something that was read a while ago.
    if (tries > 1) await wait(tries);
    [there] = await coordination.get([key]);
  }
};
