import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

const USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/**
 * The key that encrypts all stored data: tables, topic, buckets and logs. It rotates every year and outlives
 * the stack, because the ledger cannot be read without it. Principals with access to a table, bucket or topic
 * can use the key through that service, as with AWS managed keys, so no role needs its own grant. Direct use
 * is not allowed.
 */
export const encryptionKey = (scope: Construct, name: string): Key => {
  const key = new Key(scope, 'Key', {
    alias: `alias/${name}`,
    description: `${name}: tables, topic, buckets and logs of tagledger`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const allow = (sid: string, principal: IPrincipal, conditions: Record<string, Record<string, unknown>>) =>
    key.addToResourcePolicy(
      new PolicyStatement({ sid, principals: [principal], actions: USE, resources: ['*'], conditions }),
    );
  allow('ThroughServices', new AnyPrincipal(), {
    StringEquals: {
      'kms:CallerAccount': Aws.ACCOUNT_ID,
      'kms:ViaService': ['dynamodb', 's3', 'sns'].map((service) => `${service}.${Aws.REGION}.amazonaws.com`),
    },
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'GrantsOfDynamoDB',
      principals: [new AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: {
        StringEquals: {
          'kms:CallerAccount': Aws.ACCOUNT_ID,
          'kms:ViaService': `dynamodb.${Aws.REGION}.amazonaws.com`,
        },
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      },
    }),
  );
  allow('Logs', new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`), {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/lambda/${name}-*`,
    },
  });
  allow('Alarms', new ServicePrincipal('cloudwatch.amazonaws.com'), {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
  });
  return key;
};
