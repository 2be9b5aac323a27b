import { accountOf } from '../account.ts';
import { findInRequest } from '../body/bodies.ts';
import { awsTagsAtBirth } from '../body/body-tags.ts';
import { isServiceOf, operationOf } from '../operations/operations.ts';
import type { CloudTrailRecord } from '../record.ts';

/** An Auto Scaling group. Its name is unique in its account and Region, and free again after its deletion. */
export interface ScalingGroup {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The name by which an Auto Scaling group is created. Its records come from `autoscaling.amazonaws.com`. */
export const CREATES_GROUP = 'CreateAutoScalingGroup';

/**
 * The group that a successful CreateAutoScalingGroup created; undefined for every other record.
 * Source: Amazon EC2 Auto Scaling API reference, CreateAutoScalingGroup; the request is logged plain, and the
 * response is empty.
 */
export const createdGroupOf = (record: CloudTrailRecord): ScalingGroup | undefined => {
  const { errorCode, eventName, eventSource } = record;
  if (errorCode || eventName !== CREATES_GROUP || eventSource !== 'autoscaling.amazonaws.com')
    return undefined;
  return groupIn(record, findInRequest(record, 'autoScalingGroupName')[0]?.value);
};

/**
 * The group for which a successful call created EC2 resources, by the tag that Auto Scaling gives them.
 * Source: Amazon EC2 Auto Scaling user guide, "Tag Auto Scaling groups and instances".
 */
export const launchingGroupOf = (record: CloudTrailRecord): ScalingGroup | undefined => {
  const { errorCode, eventName, eventSource } = record;
  const creates = isServiceOf(eventSource, eventName) ? operationOf(eventName)?.creates : undefined;
  if (!creates || errorCode) return undefined;
  const tag = awsTagsAtBirth(record, creates).find(({ key }) => key === 'aws:autoscaling:groupName');
  return groupIn(record, tag?.value);
};

const groupIn = (record: CloudTrailRecord, name: string | undefined): ScalingGroup | undefined => {
  const [account, region] = [accountOf(record), record.awsRegion];
  return name && account && region ? { account, region, name } : undefined;
};
