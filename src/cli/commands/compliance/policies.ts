import type { JudgingPolicy } from '../../../compliance/policy-source.ts';
import { givenPolicy, recordedPolicies } from '../../../compliance/recorded-policy.ts';
import type { ReadOnlyEventStore } from '../../../events/event-store.ts';
import type { ReadPolicy } from '../../../policies/policy-of.ts';
import type { Moment } from '../../../projections/resource-at.ts';
import { NotKnownError } from '../../errors.ts';

/** The policies that judge a question, by moment. */
export interface Policies {
  /** The policy that judges at a moment; undefined if none was in force. */
  readonly policyAt: (moment: Moment) => JudgingPolicy | undefined;
  /** Like `policyAt`. Throws a `NotKnownError` that asks for a policy if none was in force. */
  readonly requirePolicy: (moment: Moment) => JudgingPolicy;
}

/** The policy of `--policy` at every moment. */
export const alwaysBy = (policy: ReadPolicy): Policies => {
  const judging = givenPolicy(policy);
  return { policyAt: () => judging, requirePolicy: () => judging };
};

/** The recorded policies of a ledger: the one of each moment, or always the one of `--policy-at`. */
export const recordedIn = async (
  store: Pick<ReadOnlyEventStore, 'read'>,
  chosen: string | undefined,
): Promise<Policies> => {
  const recorded = await recordedPolicies(store, chosen);
  return {
    policyAt: recorded.at,
    requirePolicy(moment) {
      const judging = recorded.at(moment);
      if (judging) return judging;
      throw new NotKnownError(recorded.noneText(moment, { files: '--policy FILE', at: '--policy-at' }));
    },
  };
};
