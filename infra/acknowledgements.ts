import { CfnResource, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** A cdk-nag finding that is accepted: the rule, the resources, and the reason. */
export interface Acknowledgement {
  readonly rule: string;
  /** The CloudFormation type of the resources. */
  readonly on: string;
  /** The ids of their constructs; all resources of the type by default. */
  readonly only?: readonly string[];
  readonly because: string;
}

const POLICY = 'AWS::IAM::ManagedPolicy';
const FUNCTION = 'AWS::Lambda::Function';
const BUCKET = 'AWS::S3::Bucket';

const NO_RESOURCES =
  'IAM knows no resources for the Describe operations of EC2, cloudwatch:PutMetricData and the writing of traces; tests/infra/iam.test.ts names every action that has this resource';
const ALL_TAGGABLE =
  'tags go on any EC2 resource of the account; aws:TagKeys limits ec2:CreateTags to the keys of the rules';

/** All acknowledged findings, of all templates. */
export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  { rule: 'AwsSolutions-IAM5[Resource::*]', on: POLICY, because: NO_RESOURCES },
  ...['<AWS::AccountId>:*', ':image/*', ':snapshot/*', ':fpga-image/*'].map((end) => ({
    rule: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:*:${end}]`,
    on: POLICY,
    only: ['ApplyPolicy', 'RedrivePolicy', 'taggerPolicy'],
    because: ALL_TAGGABLE,
  })),
  {
    rule: 'AwsSolutions-IAM5[Resource::<Ledger.Arn>/stream/*]',
    on: POLICY,
    only: ['ApplyPolicy', 'ProjectPolicy'],
    because: 'dynamodb:ListStreams is asked for by Lambda, and lists the streams of this one table',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/<MEMBER>]',
    on: POLICY,
    because:
      'the role of this one name in the accounts of the organization, each of which decides by its own trust policy and the external id',
  },
  {
    rule: 'AwsSolutions-SQS3',
    on: 'AWS::SQS::Queue',
    only: ['NotForwarded'],
    because: 'it is the dead-letter queue of the rules that forward events',
  },
  {
    rule: 'NIST.800.53.R5-DynamoDBInBackupPlan',
    on: 'AWS::DynamoDB::Table',
    because:
      'the tables can be restored to any second of 35 days (docs/restore.md); a plan of AWS Backup beside that is the account owner’s to make',
  },
  {
    rule: 'NIST.800.53.R5-S3BucketReplicationEnabled',
    on: BUCKET,
    because:
      'objects are versioned and locked where they are; a copy in another Region is a choice of the account owner, who pays for it',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<Archive.Arn>/*]',
    on: POLICY,
    only: ['ArchivePolicy', 'ProjectPolicy', 'QueryPolicy', 'RedrivePolicy'],
    because:
      'the objects of this one bucket, whose names come from what is in them; what each role may do with them is in tests/infra/iam.test.ts',
  },
  ...['*', '*/staging/*'].map((objects) => ({
    rule: `AwsSolutions-IAM5[Resource::<Seals.Arn>/${objects}]`,
    on: POLICY,
    only: ['SealPolicy'],
    because:
      'the objects of this one bucket, whose names the log gives; what is sealed is locked, whoever may remove it',
  })),
  {
    rule: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
    on: BUCKET,
    only: ['AccessLogs'],
    because: 'S3 delivers access logs to no bucket that has a key of KMS; they are encrypted with S3’s own',
  },
  {
    rule: 'NIST.800.53.R5-LambdaConcurrency',
    on: FUNCTION,
    only: ['Request', 'Apply', 'Project', 'Query'],
    because:
      'the change feed runs one batch for each shard, and limits for the front door and for query would refuse events and questions of people whom IAM let in; functions of which there must be one have a limit of one',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    on: FUNCTION,
    because:
      'the front door and the change feed have failure destinations, which tell more than a dead-letter queue; what a scheduled run leaves the next one does',
  },
  {
    rule: 'NIST.800.53.R5-LambdaInsideVPC',
    on: FUNCTION,
    because:
      'the functions listen to nothing and call the APIs of AWS alone, over TLS and with IAM credentials; a VPC would add ways out and no protection',
  },
];

/**
 * Acknowledges the known findings of all resources under a scope. `names` maps each placeholder in the rules
 * to the names that a template uses: `<Ledger.Arn>` to the logical id of the table, `<MEMBER>` to each role
 * of a member account.
 */
export const acknowledgeFindings = (
  scope: Construct,
  names: Readonly<Record<string, readonly string[]>>,
): void => {
  for (const node of scope.node.findAll().filter(CfnResource.isCfnResource)) {
    const id = node.node.scope?.node.id ?? '';
    for (const { rule, on, only, because } of ACKNOWLEDGED) {
      if (node.cfnResourceType !== on || (only && !only.includes(id))) continue;
      for (const exact of spelled(rule, names)) {
        Validations.of(node).acknowledge({ id: exact, reason: because });
      }
    }
  }
};

const spelled = (rule: string, names: Readonly<Record<string, readonly string[]>>): readonly string[] => {
  const placeholder = Object.keys(names).find((name) => rule.includes(name));
  return placeholder ? (names[placeholder] ?? []).map((name) => rule.replace(placeholder, name)) : [rule];
};
