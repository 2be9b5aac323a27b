import type { ResourceAt } from '../projections/resource-at.ts';

/**
 * The result of judging a resource by a rule. `exempt`: it violates the rule, but an exemption or a grace
 * period excuses it. `unknown`: the ledger does not know enough to decide; this never counts as compliant.
 */
export type ComplianceStatus = 'compliant' | 'violating' | 'exempt' | 'unknown';

/** Where a rule was read: the file, and the place in it, such as `tags.costcenter.tag_value`. */
export interface RuleSource {
  readonly file: string;
  readonly place: string;
}

/** One demand of a policy on a tag. */
export interface Rule {
  /** Names the rule in answers. The same rule has the same id, whatever the order of the files. */
  readonly id: string;
  /** The demand as a sentence. */
  readonly says: string;
  readonly key: string;
  readonly source: RuleSource;
}

/** The result of one rule for one resource at one instant. */
export interface ComplianceFinding {
  readonly rule: Rule;
  readonly status: ComplianceStatus;
  /** Why, as a sentence: what was found and what was expected. */
  readonly reason: string;
  /** The value of the key; null when the resource does not have it. */
  readonly value: string | null;
}

/** Policies that were read, checked and merged. */
export interface Policy {
  /** A hash of the contents: policies with the same demands have the same id. */
  readonly id: string;
  readonly rules: readonly Rule[];
  /**
   * Judges a resource at `at` (ISO 8601, UTC, milliseconds) by each rule that concerns it; empty when none
   * does. The resource must exist then, or possibly exist.
   */
  judge(resource: ResourceAt, at: string): readonly ComplianceFinding[];
}
