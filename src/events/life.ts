import type { Who } from './tag-event.ts';

/** Who created or deleted a resource, and when. */
export interface Milestone {
  readonly at: string;
  /** Absent if unknown. */
  readonly who?: Who;
}

/** Why, and from when on, nobody knows whether a resource exists. */
export interface Uncertainty extends Milestone {
  /** As a clause. */
  readonly reason: string;
}

/** One life of a resource. */
export interface Life {
  /** Absent until the ledger has seen it. */
  readonly created?: Milestone;
  /**
   * When a baseline first showed that it existed. Only while its creation is not known: from then on the ledger knows
   * all of its tags.
   */
  readonly found?: string;
  /** Absent while the life lasts, as far as the ledger knows. */
  readonly ended?: Milestone;
  /** It may have ended, and nothing later shows that it exists. Absent once its end is known. */
  readonly uncertain?: Uncertainty;
}
