import type { RecordedEvent } from '../events/recorded-event.ts';
import type { PolicyRecorded } from '../events/tag-event.ts';
import { counts, type Moment } from '../projections/resource-at.ts';

/** A policy that was put into force, and when the ledger recorded that. */
export interface RecordedPolicy {
  readonly event: PolicyRecorded;
  readonly recordedAt: string;
}

/**
 * Returns the policy in force at a moment, from the events of the ledger's policy stream: the last one that
 * had taken effect by `asOf` and was recorded by `knownAt`; undefined when there was none. `readPolicies`
 * reads its files.
 */
export const policyAt = (events: readonly RecordedEvent[], moment: Moment): RecordedPolicy | undefined => {
  let inForce: RecordedPolicy | undefined;
  for (const recorded of events) {
    const { event, recordedAt } = recorded;
    if (event.type !== 'PolicyRecorded' || !counts(moment, recorded)) continue;
    if (!inForce || inForce.event.effectiveAt <= event.effectiveAt) inForce = { event, recordedAt };
  }
  return inForce;
};

/**
 * Returns when the first policy came into force (ISO 8601, UTC, milliseconds), of those recorded by
 * `knownAt`; undefined when there was none.
 */
export const firstPolicyFrom = (events: readonly RecordedEvent[], knownAt: string): string | undefined =>
  events
    .filter(({ event, recordedAt }) => event.type === 'PolicyRecorded' && recordedAt <= knownAt)
    .map(({ event }) => event.effectiveAt)
    .sort()[0];
