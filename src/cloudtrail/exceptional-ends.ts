import { isIdOf } from '../events/resource-type.ts';
import { findInRequest } from './body/bodies.ts';
import { each, memberOf, objectsAt, scalarOf } from './body/walk.ts';
import type { CloudTrailRecord } from './record.ts';

/** The service event by which CloudTrail tells that EC2 took back Spot instances. It is no call. */
export const EVICTION = 'BidEvictedEvent';

/**
 * The Spot instances that EC2 ended. The event does not say how the interruption was to behave, but AWS documents that
 * it means termination, and not a stop or hibernation.
 * Source: EC2 user guide, "Determine whether Amazon EC2 terminated a Spot Instance".
 */
export const evictedInstances = (record: CloudTrailRecord): readonly string[] => {
  const ids = objectsAt(record, ['serviceEventDetails'])
    .flatMap((details) => each(memberOf(details, 'instanceIdSet')))
    .map(scalarOf);
  return instancesAmong(ids);
};

/** Why the end of {@link exposedInstances} is uncertain. */
export const WHY_UNCERTAIN =
  'TerminateInstances failed for a protected instance, and EC2 may have ended the others that it named';

/**
 * The instances that a failed TerminateInstances may have ended all the same; `[]` for every other record. If an instance
 * is protected, EC2 ends those in Availability Zones without a protected one, and reports failure. The instance that the
 * message names is protected. The record does not show the zones. A call that fails for another reason ends nothing.
 * Source: EC2 API reference, TerminateInstances.
 */
export const exposedInstances = (record: CloudTrailRecord): readonly string[] => {
  const { eventName, eventSource, errorCode, errorMessage } = record;
  const isPartial =
    eventName === 'TerminateInstances' &&
    eventSource === 'ec2.amazonaws.com' &&
    errorCode?.endsWith('OperationNotPermitted');
  if (!isPartial) return [];
  const ids = instancesAmong(findInRequest(record, 'instancesSet.instanceId').map(({ value }) => value));
  const [, named] = /instance '([^']+)' may not be terminated/.exec(String(errorMessage)) ?? [];
  return ids.filter((id) => ids.length > 1 && id !== named);
};

const instancesAmong = (ids: readonly unknown[]): readonly string[] => [
  ...new Set(ids.filter((id): id is string => typeof id === 'string' && isIdOf(id, 'instance'))),
];
