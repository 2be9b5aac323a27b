import type { CanonicalValue } from '../events/canonical-json.ts';

/**
 * A small fact that the consumers of the ledger keep for each other and that no fold gives: a quiet period of alerts,
 * the place that a long job has come to, the person behind a role session.
 */
export interface Memo {
  /** Its kind, a slash and its name, such as `quiet/denied/111122223333/eu-west-1`; at most 1,024 bytes. */
  readonly key: string;
  readonly value: CanonicalValue;
  /** From this moment on it means nothing: whoever reads it checks. The table removes it some time later. */
  readonly expiresAt?: Date;
  /** When somebody has to look after it (see {@link CoordinationStore.due}), ISO 8601. */
  readonly dueAt?: string;
}

/** A memo as it was read: `version` counts its writes from 1. */
export interface StoredMemo extends Memo {
  readonly version: number;
}

/**
 * Where memos are kept.
 *
 * - **Compare and swap.** `swap` writes when the memo is still as it was `seen` (undefined: when there is none), and
 *   says whether it did. Of any number of concurrent swaps from one version one wins; two that want the very same
 *   content may both be told that they won. To repeat a swap whose answer was lost is safe.
 * - Reads see every swap that resolved before they began. Memos are never deleted; they expire.
 */
export interface CoordinationStore {
  /** Those of the memos that are there, also expired ones, in no order. */
  get(keys: readonly string[]): Promise<StoredMemo[]>;
  swap(memo: Memo, seen: Pick<StoredMemo, 'version'> | undefined): Promise<boolean>;
  /** The keys of up to `limit` memos of a kind that are due at `until` or before, the earliest first. A hint. */
  due(kind: string, until: string, limit: number): Promise<string[]>;
}

/** The kind of a memo: what stands before the slash. */
export const kindOfName = (key: string): string => key.slice(0, key.indexOf('/'));
