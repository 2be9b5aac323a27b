import type { RecordedEvent } from '../events/recorded-event.ts';
import type { PolicyRecorded } from '../events/tag-event.ts';
import { counts, type Moment } from '../projections/resource-at.ts';

/**
 * Returns the policy in force at a moment, from the events of the ledger's policy stream: the last one that
 * had taken effect by `asOf` and was recorded by `knownAt`; undefined when there was none. `readPolicies`
 * reads its files.
 */
export const policyAt = (events: readonly RecordedEvent[], moment: Moment): PolicyRecorded | undefined => {
  let inForce: PolicyRecorded | undefined;
  for (const recorded of events) {
    const { event } = recorded;
    if (event.type !== 'PolicyRecorded' || !counts(moment, recorded)) continue;
    if (!inForce || inForce.effectiveAt <= event.effectiveAt) inForce = event;
  }
  return inForce;
};
