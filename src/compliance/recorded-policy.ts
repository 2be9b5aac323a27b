import type { EventStore } from '../events/event-store.ts';
import { POLICY_STREAM } from '../events/ledger-stream.ts';
import type { Policy } from '../policies/policy.ts';
import { policyAt } from '../policies/policy-at.ts';
import { readPolicies } from '../policies/read-policies.ts';
import type { Moment } from '../projections/resource-at.ts';
import { InvalidInputError } from '../shared/errors.ts';

/**
 * Reads the policy that was in force in a ledger at a moment, as known then. Throws an `InvalidInputError`
 * when there was none. A pattern that is refused today makes its results unknown and does not fail the
 * answer.
 */
export const recordedPolicy = async (store: Pick<EventStore, 'read'>, moment: Moment): Promise<Policy> => {
  const inForce = policyAt(await store.read(POLICY_STREAM), moment);
  if (inForce) return readPolicies(inForce.files, 'recorded');
  throw new InvalidInputError(
    `got no policy, and none was in force at ${moment.asOf} as far as the ledger knew at ${moment.knownAt}: give one, or record one with \`tagledger policy record FILE\``,
  );
};

/**
 * Returns the moment whose policy a question uses. With `policyAt`, it is the policy in force then as known
 * at the question's `knownAt`, so a policy recorded later with an earlier start changes no answer. Without
 * it, it is the policy in force now.
 */
export const momentOfPolicy = (policyAt: string | undefined, { knownAt }: Moment, now: Date): Moment => {
  const present = now.toISOString();
  return policyAt === undefined ? { asOf: present, knownAt: present } : { asOf: policyAt, knownAt };
};
