import { InvalidInputError } from '../shared/errors.ts';

/** The name of a resource's stream: `arn:PARTITION:ec2:REGION:ACCOUNT:TYPE/ID`, always with the account. */
export type ResourceArn = string & { readonly __brand: 'ResourceArn' };

/** An EC2 resource in parts; `type` is the EC2 API's ResourceType, such as `instance` or `vpc-flow-log`. */
export interface ResourceIdentity {
  readonly region: string;
  readonly account: string;
  readonly type: string;
  readonly id: string;
}

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

const SHAPE =
  /^arn:(aws[a-z-]*):ec2:([a-z]{2,}(?:-[a-z]+)+-\d+):(\d{12}):([a-z][a-z0-9-]*)\/([A-Za-z0-9._-]+)$/;

/**
 * The stream of a resource. It always contains the account, even for images and snapshots, whose ARNs in IAM
 * leave it empty: the ledger must know whose credentials to call EC2 with.
 */
export const arnOf = ({ region, account, type, id }: ResourceIdentity): ResourceArn =>
  `arn:${partitionOf(region)}:ec2:${region}:${account}:${type}/${id}` as ResourceArn;

/**
 * Splits an ARN into its parts. Throws an {@link InvalidInputError} for a text
 * that is not an EC2 resource's ARN.
 */
export const parseArn = (text: string): ResourceIdentity & { readonly arn: ResourceArn } => {
  const parsed = partsOf(text);
  if (!parsed) {
    throw new InvalidInputError(
      `${JSON.stringify(text)} is not the ARN of an EC2 resource. Write one with Region and account, such as arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc.`,
    );
  }
  return parsed;
};

/** Whether a text has the form of a Region's name, such as `eu-west-1`. */
export const isRegion = (text: string): boolean => REGION.test(text);

/** Whether a text is an EC2 resource's ARN in the form of {@link arnOf}. */
export const isResourceArn = (text: string): text is ResourceArn => partsOf(text) !== undefined;

/**
 * Undefined also for an ARN in the partition of another Region, which would
 * give one resource a second stream.
 */
const partsOf = (text: string): (ResourceIdentity & { readonly arn: ResourceArn }) | undefined => {
  const [, partition, region = '', account = '', type = '', id = ''] = SHAPE.exec(text) ?? [];
  return partition === partitionOf(region)
    ? { arn: text as ResourceArn, region, account, type, id }
    : undefined;
};

/**
 * The first matching prefix names the partition (AWS Regions per partition, as in the SDK's endpoint rules).
 */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

const partitionOf = (region: string): string =>
  PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
