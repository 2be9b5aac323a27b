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

/** Buckets of what must not be lost. */
export interface Buckets {
  /** Segments and snapshots of the ledger, which can always be made from it again. */
  readonly archive: Bucket;
  /** Signed checkpoints and what they are proven with. */
  readonly seals: Bucket;
  /** S3's own log of who read and wrote in the two. */
  readonly accessLogs: Bucket;
}

/** Access logs are kept so long. */
const LOGGED_DAYS = 400;

/** What was put together or replaced in the archive can be had back for so long. */
const REPLACED_DAYS = 30;

/**
 * The bucket of seals, whose objects nobody can change or remove for `lockDays` after they were written, also not the
 * root user or AWS (Object Lock in compliance mode): a mistake here is paid for until then. The archive has no lock, for
 * small segments are put together and removed. All are closed to the public and to whoever comes without TLS, and
 * outlive the stack.
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
    // S3 delivers its access logs to no bucket with a key of KMS (S3 guide, "Enabling server access logging").
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

/** CDK's own prop gives S3 the right to write by an access control list, which these buckets have none of, unless a feature flag is set. */
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
