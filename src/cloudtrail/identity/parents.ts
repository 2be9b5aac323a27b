import { arnOf, isResourceArn, type ResourceArn } from '../../events/resource-arn.ts';
import { isIdOf } from '../../events/resource-type.ts';
import type { Who } from '../../events/tag-event.ts';
import { accountOf } from '../account.ts';
import { findInRequest, responseBody } from '../body/bodies.ts';
import { awsTagsAtBirth } from '../body/body-tags.ts';
import { find } from '../body/walk.ts';
import { isServiceOf, operationOf } from '../operations/operations.ts';
import type { CloudTrailRecord } from '../record.ts';
import { confidenceOf } from './confidence.ts';

/** The resource types for which a service may create other resources. */
export const PARENT_TYPES: ReadonlySet<string> = new Set([
  'fleet',
  'spot-fleet-request',
  'capacity-reservation-fleet',
  'instance',
  'spot-instances-request',
]);

/**
 * The EC2 resources for which a successful call created others, as far as its record names them, nearest
 * first. A launch template is none: its author launched nothing.
 * Source: EC2 user guide, on the tags that EC2 Fleet and Spot Fleet set (`aws:ec2:fleet-id`,
 * `aws:ec2spot:fleet-request-id`); EC2 API reference, Instance, on `spotInstanceRequestId`.
 */
export const parentsOf = (record: CloudTrailRecord): readonly ResourceArn[] => {
  const { errorCode, eventName, eventSource, awsRegion: region } = record;
  const creates =
    isServiceOf(eventSource, eventName) && !errorCode ? operationOf(eventName)?.creates : undefined;
  const account = accountOf(record);
  if (!creates || !account || !region) return [];
  const body = responseBody(record);
  const tags = awsTagsAtBirth(record, creates);
  const tagged = (key: string) => tags.flatMap((tag) => (tag.key === key ? [tag.value] : []));
  const requested = (path: string) => findInRequest(record, path).map(({ value }) => value);
  const answered = (path: string) => find(body, path).map(({ value }) => value);
  const isPartOfInstance = creates.some(({ type }) => type === 'network-interface' || type === 'volume');
  const candidates: readonly (readonly [type: string, ids: readonly string[]])[] = [
    ['fleet', tagged('aws:ec2:fleet-id')],
    ['spot-fleet-request', tagged('aws:ec2spot:fleet-request-id')],
    ['capacity-reservation-fleet', answered('capacityReservation.capacityReservationFleetId')],
    [
      'instance',
      isPartOfInstance
        ? [...requested('instanceId'), ...answered('networkInterface.attachment.instanceId')]
        : [],
    ],
    ['spot-instances-request', answered('instancesSet.spotInstanceRequestId')],
  ];
  const arns = candidates.flatMap(([type, ids]) =>
    ids.filter((id) => isIdOf(id, type)).map((id) => arnOf({ account, region, type, id })),
  );
  return [...new Set(arns)].filter(isResourceArn);
};

/**
 * Whether an actor may have acted for somebody whom its record does not name: a service, or Auto Scaling as the
 * account's root user, which is how it acted before it had a service-linked role.
 */
export const mayActForAnother = (who: Who): boolean =>
  confidenceOf(who) === 'service' || (who.kind === 'Root' && who.via === 'autoscaling.amazonaws.com');

/** The creator of a parent resource, as the actor when a service created another resource for it. */
export const makerThrough = ({ name, arn, kind }: Who, service: Who): Who => ({
  name,
  ...(arn && { arn }),
  kind,
  via: service.via ?? service.name,
  found: 'parent',
  ...(service.ip && { ip: service.ip }),
});
