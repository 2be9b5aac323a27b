import type { EventStore } from '../events/event-store.ts';
import { POLICY_STREAM } from '../events/ledger-stream.ts';
import { firstPolicyFrom, policyAt } from '../policies/policy-at.ts';
import type { ReadPolicy } from '../policies/policy-of.ts';
import { readPolicies } from '../policies/read-policies.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { JudgingPolicy } from './policy-source.ts';

/** The policies that a ledger recorded, as a question chooses among them. */
export interface RecordedPolicies {
  /** The policy that was in force; undefined when there was none. */
  readonly at: (moment: Moment) => JudgingPolicy | undefined;
  /**
   * Asks for a policy, because none was in force. `names` are what the asker types to give files, or the time
   * of a recorded policy.
   */
  readonly noneText: (moment: Moment, names: { readonly files: string; readonly at: string }) => string;
}

/**
 * Reads the policies that a ledger recorded. The one in force at the moment of the question judges, or the
 * one in force at `chosen`. Both are as known at the question's `knownAt`, so a policy recorded later with an
 * earlier start changes no answer. A pattern that is refused today makes its results unknown and does not
 * fail the answer.
 */
export const recordedPolicies = async (
  store: Pick<EventStore, 'read'>,
  chosen?: string,
): Promise<RecordedPolicies> => {
  const events = await store.read(POLICY_STREAM);
  // A question over time asks for the same policy many times.
  const read = new Map<string, ReadPolicy>();
  return {
    at({ asOf, knownAt }) {
      const inForce = policyAt(events, { asOf: chosen ?? asOf, knownAt });
      if (!inForce) return undefined;
      const { event, recordedAt } = inForce;
      const policy = read.get(event.eventId) ?? readPolicies(event.files, 'recorded');
      read.set(event.eventId, policy);
      const { files } = policy;
      const recorded = { inForceSince: event.effectiveAt, recordedAt, recordedBy: event.who.name };
      return { policy, source: { source: 'recorded', files, policyAt: chosen ?? null, ...recorded } };
    },
    noneText({ asOf, knownAt }, { files, at }) {
      const first = firstPolicyFrom(events, knownAt);
      const none = `No policy was in force at ${chosen ?? asOf}`;
      return first === undefined
        ? `${none}: none had been recorded by ${knownAt}. Pass ${files}, or record one with \`tagledger policy record FILE\`.`
        : `${none}. The first is in force since ${first}. Pass ${files}, or ${at} ${first}.`;
    },
  };
};

/** A policy that the question itself brought. */
export const givenPolicy = (policy: ReadPolicy): JudgingPolicy => {
  const recorded = { policyAt: null, inForceSince: null, recordedAt: null, recordedBy: null };
  return { policy, source: { source: 'given', files: policy.files, ...recorded } };
};
