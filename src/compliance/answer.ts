import type { Policy } from '../policies/policy.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { FindingView } from './finding-view.ts';
import type { ComplianceTotals } from './tally.ts';

/** The frame of a compliance answer: the two instants that were used, and how far back the ledger reaches. */
export interface Frame extends Moment {
  /** The id of the policy that was applied. */
  readonly policy: string;
  /** The earliest `effectiveAt` in the ledger, as known at `knownAt`; null for an empty ledger. */
  readonly ledgerBegan: string | null;
  /** The ledger begins after `asOf`: nothing is known of that time, and the answer contains no resource. */
  readonly beforeLedger: boolean;
}

/** A whole answer, or one page of it. */
export interface ComplianceAnswer extends Frame, ComplianceTotals {
  readonly findings: readonly FindingView[];
}

/** Builds the frame before any resource is read. `began` is when the ledger began, as known at `knownAt`. */
export const frameOf = (began: string | undefined, policy: Policy, moment: Moment): Frame => ({
  ...moment,
  policy: policy.id,
  ledgerBegan: began ?? null,
  beforeLedger: began === undefined || began > moment.asOf,
});
