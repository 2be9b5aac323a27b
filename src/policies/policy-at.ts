import type { RecordedEvent } from '../events/recorded-event.ts';
import type { PolicyRecorded } from '../events/tag-event.ts';
import { counts, type Moment } from '../projections/resource-at.ts';

/**
 * The policy in force at a moment, of the events of the ledger's policy stream: the last one whose time had come
 * (`asOf`) and that was recorded (`knownAt`) by then; undefined where there was none. Its files are read by
 * `readPolicies`.
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
