import { backoff } from '../shared/backoff.ts';
import type { CoordinationStore, Memo, StoredMemo } from './coordination-store.ts';

/** How many times a change is tried before the call fails because others keep writing first. */
const MAX_TRIES = 10;

/**
 * Reads a memo, computes the change, swaps, and starts over whenever another writer was first. Resolves with
 * what it wrote, or with undefined if there was nothing to change. Rejects after {@link MAX_TRIES} lost
 * races, having written nothing. Two writers must not want the same content for different reasons, because
 * both may learn that they won (see {@link CoordinationStore}).
 *
 * `seen` is the memo as the caller has read it, which saves the first read; `wait` waits between lost races.
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
    // The first loss is nearly always due to an old `seen`, so read at once and
    // wait only after further losses.
    if (tries > 1) await wait(tries);
    [there] = await coordination.get([key]);
  }
};
