/** One life of a resource. A moment is ISO 8601, UTC, milliseconds. */
export interface Life {
  /** Null when no record of the creation is known. */
  readonly created: string | null;
  readonly creator: string | null;
  /** Null while the life lasts. */
  readonly ended: string | null;
  /** Null while the life lasts, and when nobody knows who ended it. */
  readonly ender: string | null;
  /** Since when nobody knows whether it exists; null if that is known. */
  readonly uncertain: string | null;
}

/** One key that an act changed, or may have changed. */
export interface TagChange {
  readonly at: string;
  readonly key: string;
  /** Null when the resource did not have the key. */
  readonly before: string | null;
  readonly after: string | null;
  /** Null when no record names who acted. */
  readonly actor: string | null;
  /** Another act on this key happened so close in time that no record says which one came first. */
  readonly unordered: boolean;
  /** Present if `before` is not known: the resource may have had the key among tags that were copied to it. */
  readonly beforeUnseen?: true;
}

/** A resource as it was at a moment. `lives` is empty when nothing is known of it then. */
export interface Snapshot {
  readonly lives: readonly Life[];
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Present while the resource may have tags that were copied to it when it was created, and that no record shows: the
   * keys that it certainly does not have, sorted.
   */
  readonly lacks?: readonly string[];
}

/** What can be asked about one resource. */
export interface Answers {
  readonly now: Snapshot;
  /** The snapshots at the moments that were asked for, in the same order. */
  readonly asOf: readonly Snapshot[];
  readonly changes: readonly TagChange[];
}

/** The answers about each resource of a trail, by its id. */
export type AnswersById = ReadonlyMap<string, Answers>;
