import { type Horizon, type HorizonView, horizonView } from '../projections/horizon.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { JudgingPolicy, PolicySource } from './policy-source.ts';

/** The frame of a compliance answer: the two instants that were used, and how far back the ledger reaches. */
export interface Frame extends Moment {
  /** Until when the ledger has heard of AWS. */
  readonly horizon: HorizonView;
  /** Present if EC2 was simulated: an answer about resources that AWS was never asked to tag. */
  readonly simulated?: true;
  /** The id of the policy that was applied. */
  readonly policy: string;
  readonly policySource: PolicySource;
  /** The earliest `effectiveAt` in the ledger, as known at `knownAt`; null for an empty ledger. */
  readonly ledgerBegan: string | null;
  /** The ledger begins after `asOf`: nothing is known of that time, and the answer contains no resource. */
  readonly beforeLedger: boolean;
}

/** Builds the frame before any resource is read. `horizon` is as known at `knownAt`. */
export const frameOf = (horizon: Horizon, { policy, source }: JudgingPolicy, moment: Moment): Frame => ({
  ...moment,
  policy: policy.id,
  policySource: source,
  ...reachOf(horizon, moment),
});

/** How far back and how far on the ledger reaches, seen from the moment of a question. */
export const reachOf = (
  horizon: Horizon,
  { asOf }: Moment,
): Pick<Frame, 'horizon' | 'ledgerBegan' | 'beforeLedger'> => ({
  horizon: horizonView(horizon, asOf),
  ledgerBegan: horizon.began,
  beforeLedger: horizon.began === null || horizon.began > asOf,
});
