import type { EventStore } from '../events/event-store.ts';
import { POLICY_STREAM } from '../events/ledger-stream.ts';
import type { Policy } from '../policies/policy.ts';
import { policyAt } from '../policies/policy-at.ts';
import { readPolicies } from '../policies/read-policies.ts';
import type { Moment } from '../projections/resource-at.ts';
import { InvalidInputError } from '../shared/errors.ts';

/**
 * The policy that was in force in a ledger at a moment, as far as it was known then. Throws an `InvalidInputError` where
 * there was none. A pattern in it that is refused today makes what it asks unknown, and not the answer fail.
 */
export const recordedPolicy = async (store: Pick<EventStore, 'read'>, moment: Moment): Promise<Policy> => {
  const inForce = policyAt(await store.read(POLICY_STREAM), moment);
  if (inForce) return readPolicies(inForce.files, 'recorded');
  throw new InvalidInputError(
    `got no policy, and none was in force at ${moment.asOf} as far as the ledger knew at ${moment.knownAt}: give one, or record one with \`tagledger policy record FILE\``,
  );
};

/**
 * The moment whose policy a question means: the one in force at `policyAt` as known at the question's `knownAt`, so that
 * a policy that is recorded later with an earlier beginning changes no answer; or today's, where nothing is said.
 */
export const momentOfPolicy = (policyAt: string | undefined, { knownAt }: Moment, now: Date): Moment => {
  const present = now.toISOString();
  return policyAt === undefined ? { asOf: present, knownAt: present } : { asOf: policyAt, knownAt };
};
