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
  /** Absent while the life lasts, as far as the ledger knows. */
  readonly ended?: Milestone;
  /** It may have ended, and nothing later shows that it exists. Absent once its end is known. */
  readonly uncertain?: Uncertainty;
}
