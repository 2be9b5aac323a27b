import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { DUE_INDEX } from '../src/adapters/dynamodb/due-index.ts';
import { FORBIDDEN_OPERATIONS } from '../src/adapters/dynamodb/forbidden-operations.ts';

/** Days of point-in-time recovery, to the second: the most that DynamoDB offers. */
const RECOVERY_DAYS = 35;

/**
 * Common properties of both tables: encrypted, restorable, billed per request, and kept when the stack is
 * deleted.
 */
const kept = (tableName: string, key: IKey | undefined): Omit<TableProps, 'partitionKey'> => ({
  tableName,
  billingMode: BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: {
    pointInTimeRecoveryEnabled: true,
    recoveryPeriodInDays: RECOVERY_DAYS,
  },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
  ...(key
    ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
    : { encryption: TableEncryption.AWS_MANAGED }),
});

/**
 * Creates the table of events. Whatever other policies say, its policy denies everybody to change or remove
 * an event, and all but the writers to add one. IAM cannot enforce the condition of an append, but an event
 * that a writer replaces appears as MODIFY in the change feed. `key` is a customer managed key; without it,
 * AWS's own key is used.
 */
export const ledgerTable = (
  scope: Construct,
  name: string,
  key: IKey | undefined,
  writerArns: readonly string[],
): Table =>
  new Table(scope, 'Ledger', {
    ...kept(`${name}-ledger`, key),
    partitionKey: { name: 'stream', type: AttributeType.STRING },
    sortKey: { name: 'seq', type: AttributeType.NUMBER },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    resourcePolicy: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'NobodyChangesOrRemoves',
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: FORBIDDEN_OPERATIONS.map((action) => `dynamodb:${action}`),
          resources: ['*'],
        }),
        new PolicyStatement({
          sid: 'OnlyWritersAppend',
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['dynamodb:PutItem'],
          resources: ['*'],
          conditions: { ArnNotEquals: { 'aws:PrincipalArn': writerArns } },
        }),
      ],
    }),
  });

/**
 * Creates the state table, with a sparse index of what is due. All but its memos can be rebuilt from the
 * ledger.
 */
export const stateTable = (scope: Construct, name: string, key: IKey | undefined): Table => {
  const table = new Table(scope, 'States', {
    ...kept(`${name}-state`, key),
    partitionKey: { name: 'resource', type: AttributeType.STRING },
    timeToLiveAttribute: 'expires',
  });
  table.addGlobalSecondaryIndex({
    indexName: DUE_INDEX,
    partitionKey: { name: 'due', type: AttributeType.STRING },
    sortKey: { name: 'dueAt', type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
};
