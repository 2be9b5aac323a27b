import type { Policy } from '../policies/policy.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { FindingView } from './finding-view.ts';
import type { ComplianceTotals } from './tally.ts';

/** What an answer about compliance says of itself: both instants as they were used, and how far the ledger reaches. */
export interface Frame extends Moment {
  /** The policy that was asked about, by its id. */
  readonly policy: string;
  /** When the ledger's first fact became true, as far as it was known at `knownAt`; null for an empty ledger. */
  readonly ledgerBegan: string | null;
  /** The ledger begins after `asOf`: nothing is known of that time, and no resource of it is in the answer. */
  readonly beforeLedger: boolean;
}

/** A whole answer, or one page of it. */
export interface ComplianceAnswer extends Frame, ComplianceTotals {
  readonly findings: readonly FindingView[];
}

/** What can be said before the first resource is read; `began` is when the ledger began, as it was known then. */
export const frameOf = (began: string | undefined, policy: Policy, moment: Moment): Frame => ({
  ...moment,
  policy: policy.id,
  ledgerBegan: began ?? null,
  beforeLedger: began === undefined || began > moment.asOf,
});
