import type { Who } from './tag-event.ts';

/** Who created or deleted a resource, and when. */
export interface Milestone {
  readonly at: string;
  /** Absent if unknown. */
  readonly who?: Who;
}

/** One life of a resource. */
export interface Life {
  /** Absent until the ledger has seen it. */
  readonly created?: Milestone;
  /** Absent while the life lasts, as far as the ledger knows. */
  readonly ended?: Milestone;
}
