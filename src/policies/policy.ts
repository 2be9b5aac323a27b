import type { ResourceAt } from '../projections/resource-at.ts';

/**
 * What a rule says of a resource. `exempt`: it would violate, and an exemption or a grace period says that it may.
 * `unknown`: the ledger does not know enough to say; never taken for compliant.
 */
export type ComplianceStatus = 'compliant' | 'violating' | 'exempt' | 'unknown';

/** Where a rule stands: the file that was given, and the place in it, such as `tags.costcenter.tag_value`. */
export interface RuleSource {
  readonly file: string;
  readonly place: string;
}

/** One thing that a policy asks of a tag. */
export interface Rule {
  /** Names the rule in answers; the same text for the same rule, whatever the order of the files. */
  readonly id: string;
  /** What it asks, as a sentence. */
  readonly says: string;
  readonly key: string;
  readonly source: RuleSource;
}

/** What one rule says of one resource at one instant. */
export interface ComplianceFinding {
  readonly rule: Rule;
  readonly status: ComplianceStatus;
  /** Why, as a sentence: what was found and what was expected. */
  readonly reason: string;
  /** The value that the key has; null when the resource does not bear it. */
  readonly value: string | null;
}

/** Policies that were read, checked and merged. */
export interface Policy {
  /** The same for policies that ask the same: a hash of what was read. */
  readonly id: string;
  readonly rules: readonly Rule[];
  /**
   * What each rule that concerns the resource says of it at `at` (ISO 8601, UTC, milliseconds). Empty for a resource
   * that no rule concerns. It is asked of resources only that exist then, or may exist.
   */
  judge(resource: ResourceAt, at: string): readonly ComplianceFinding[];
}
