/**
 * The latest known fact about one tag key. A removed key stays, with `value: null`, so that
 * an older fact cannot revive it.
 */
export interface TagFact {
  readonly key: string;
  readonly value: string | null;
  /** When it took effect in AWS. */
  readonly at: string;
  /** The seq of the event that says so. */
  readonly seq: number;
  /** True if tagledger set it, false if somebody else did. */
  readonly ours: boolean;
  /** A rule lets tagledger's value replace what others set. */
  readonly wins?: true;
  /**
   * What somebody else had set or removed before tagledger set the key, even if the
   * ledger learned of it only later.
   */
  readonly theirs?: Pick<TagFact, 'value' | 'at'>;
  /** A baseline showed it, and no call told it. A later baseline may contradict it. */
  readonly shown?: true;
  /** Nothing but a simulated EC2 told it. */
  readonly simulated?: true;
}

/** Whether a key's current value is somebody else's: they set it, or tagledger gave it back to them. */
export const isTheirs = ({ value, ours, theirs }: Pick<TagFact, 'value' | 'ours' | 'theirs'>): boolean =>
  value !== null && (!ours || theirs?.value === value);
