import type { CanonicalValue } from '../events/canonical-json.ts';

/**
 * A small fact that consumers share and that no fold yields: a suppression window, the cursor of a long job,
 * the person behind a role session.
 */
export interface Memo {
  /** Its kind, a slash and its name, such as `quiet/denied/111122223333/eu-west-1`; at most 1,024 bytes. */
  readonly key: string;
  readonly value: CanonicalValue;
  /**
   * From this moment on the memo is void, which every reader must check. The
   * table removes it some time later.
   */
  readonly expiresAt?: Date;
  /** When the memo needs attention (see {@link CoordinationStore.due}), ISO 8601. */
  readonly dueAt?: string;
}

/** A memo as it was read; `version` counts its writes from 1. */
export interface StoredMemo extends Memo {
  readonly version: number;
}

/**
 * Where memos are kept.
 *
 * - **Compare and swap.** `swap` writes if the memo is unchanged since it was `seen` (undefined: if
 *   there is none), and resolves with whether it did. Of any number of concurrent swaps from one
 *   version, one wins; two with exactly the same content may both learn that they won. Repeating a swap
 *   whose reply was lost is safe.
 * - Reads see every swap that resolved before they began. Memos are never deleted; they expire.
 */
export interface CoordinationStore {
  /** The memos that exist under these keys, including expired ones, in no particular order. */
  get(keys: readonly string[]): Promise<StoredMemo[]>;
  swap(memo: Memo, seen: Pick<StoredMemo, 'version'> | undefined): Promise<boolean>;
  /** The keys of up to `limit` memos of a kind that are due at `until` or earlier, earliest first. A hint. */
  due(kind: string, until: string, limit: number): Promise<string[]>;
}

/** A coordination store for readers. */
export type ReadOnlyCoordinationStore = Omit<CoordinationStore, 'swap'>;

/** The kind of a memo: the part of its key before the slash. */
export const kindOfName = (key: string): string => key.slice(0, key.indexOf('/'));
