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

/** Days to which a table can be restored, to the second: all that DynamoDB offers. */
const RECOVERY_DAYS = 35;

/** What both tables are: encrypted, restorable, paid by use, and there when the stack is gone. */
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
 * The table of events. Its policy denies to everybody, whatever their own policies say, what would change or
 * remove an event, and to all but the writers what would add one. IAM cannot demand the condition of an
 * append: an event that is replaced by a writer shows as MODIFY in the stream. `key` is a key of the
 * customer's; AWS's own without it.
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
 * The table of current states, with the sparse index of what waits. It can be made again, but for what was
 * remembered.
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
