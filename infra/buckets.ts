import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The buckets of a ledger, which outlive the stack. */
export interface Buckets {
  /** Segments and snapshots, which can always be rebuilt from the ledger. */
  readonly archive: Bucket;
  /** Signed checkpoints, and the tiles that prove them. */
  readonly seals: Bucket;
  /** S3 server access logs of the other two buckets. */
  readonly accessLogs: Bucket;
}

/** Retention of access logs, in days. */
const LOGGED_DAYS = 400;

/** How many days a compacted or replaced object of the archive can be restored. */
const REPLACED_DAYS = 30;

/**
 * Creates the buckets. For `lockDays` after a write, nobody can change or remove an object of the seals
 * bucket, not even the root user or AWS (Object Lock in compliance mode), so a mistake costs storage until
 * then. The archive has no lock, because small segments are compacted and removed. All buckets block public
 * access, require TLS and outlive the stack.
 */
export const buckets = (scope: Construct, key: IKey, lockDays: number): Buckets => {
  const common = {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN,
  };
  const accessLogs = new Bucket(scope, 'AccessLogs', {
    ...common,
    // S3 cannot deliver access logs to a bucket with a KMS key (S3 guide, "Enabling server access logging").
    encryption: BucketEncryption.S3_MANAGED,
    versioned: true,
    lifecycleRules: [
      { expiration: Duration.days(LOGGED_DAYS), noncurrentVersionExpiration: Duration.days(1) },
    ],
  });
  const kept = (id: string, logs: string, more: BucketProps): Bucket => {
    const bucket = new Bucket(scope, id, {
      ...common,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      ...more,
    });
    logAccess(bucket, accessLogs, logs);
    return bucket;
  };
  return {
    archive: kept('ArchiveBucket', 'archive/', {
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(REPLACED_DAYS),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    }),
    seals: kept('Seals', 'seals/', {
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(lockDays)),
    }),
    accessLogs,
  };
};

/**
 * Replaces CDK's own prop, which grants S3 write access through an access control list unless a feature flag
 * is set. These buckets have no access control lists.
 */
const logAccess = (bucket: Bucket, accessLogs: Bucket, prefix: string): void => {
  if (!(bucket.node.defaultChild instanceof CfnBucket)) throw new Error('a bucket without its CfnBucket');
  bucket.node.defaultChild.loggingConfiguration = {
    destinationBucketName: accessLogs.bucketName,
    logFilePrefix: prefix,
  };
  accessLogs.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [accessLogs.arnForObjects(`${prefix}*`)],
      conditions: {
        ArnLike: { 'aws:SourceArn': bucket.bucketArn },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    }),
  );
};
