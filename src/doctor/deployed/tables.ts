import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { DUE_INDEX } from '../../adapters/dynamodb/due-index.ts';
import { FORBIDDEN_OPERATIONS } from '../../adapters/dynamodb/forbidden-operations.ts';
import { allOf, type Diagnosis } from '../diagnosis.ts';

/** The configuration of a table. */
export interface TableFacts {
  readonly name: string;
  readonly table: TableDescription;
  /** Whether point-in-time recovery is enabled. */
  readonly isRestorable: boolean;
  /** The text of its resource policy; undefined when it has none. Only read for the ledger table. */
  readonly policy?: string | undefined;
}

type Client = Pick<DynamoDBClient, 'send'>;

/**
 * Reads the configuration of a table. Needs `dynamodb:DescribeTable`, `DescribeContinuousBackups`, and
 * `GetResourcePolicy` if the policy is read.
 */
export const tableFacts = async (client: Client, name: string, withPolicy: boolean): Promise<TableFacts> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: name }),
  );
  const { PointInTimeRecoveryDescription } = ContinuousBackupsDescription ?? {};
  return {
    name,
    table: Table ?? {},
    isRestorable: PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
    ...(withPolicy && { policy: await policyOf(client, Table?.TableArn) }),
  };
};

const policyOf = async (client: Client, ResourceArn: string | undefined): Promise<string | undefined> => {
  try {
    return (await client.send(new GetResourcePolicyCommand({ ResourceArn }))).Policy;
  } catch (error) {
    if (error instanceof PolicyNotFoundException) return undefined;
    throw error;
  }
};

/** The conditions that both tables must meet. */
const kept = ({ name, table, isRestorable }: TableFacts): Parameters<typeof allOf>[2] => [
  [table.TableStatus === 'ACTIVE', `${name} is ${table.TableStatus}`, 'wait until it is ACTIVE'],
  [
    isRestorable,
    `${name} cannot be restored to a moment`,
    `aws dynamodb update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
  ],
  [
    table.DeletionProtectionEnabled === true,
    `${name} can be deleted by mistake`,
    `aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`,
  ],
];

/**
 * Checks that the ledger table is protected against loss, has the stream that its consumers need, and refuses
 * changes.
 */
export const ledgerTable = (facts: TableFacts): readonly Diagnosis[] => {
  const { name, table, policy } = facts;
  const { StreamEnabled, StreamViewType } = table.StreamSpecification ?? {};
  const refused = refusedIn(policy);
  const allowed = FORBIDDEN_OPERATIONS.filter((one) => !refused.has(`dynamodb:${one}`));
  return allOf('ledger table', `${name} is kept, has its stream, and refuses changes and removals`, [
    ...kept(facts),
    [
      StreamEnabled === true && StreamViewType === 'NEW_AND_OLD_IMAGES',
      `${name} has ${StreamEnabled ? `a stream with ${StreamViewType}` : 'no stream'} in place of one with NEW_AND_OLD_IMAGES`,
      'npx cdk deploy; a stream’s view can only be changed by a new stream, which needs new mappings',
    ],
    [
      allowed.length === 0,
      `${name} has no policy that refuses ${allowed.join(', ')} to everybody`,
      'npx cdk deploy, which puts the policy on it',
    ],
    [
      refused.has('dynamodb:PutItem'),
      `${name} lets everybody append whose own role allows it`,
      'npx cdk deploy, which puts the policy on it',
    ],
  ]);
};

/** Checks that the state table is protected against loss and has its index. */
export const stateTable = (facts: TableFacts): readonly Diagnosis[] =>
  allOf('state table', `${facts.name} is kept, and has its index`, [
    ...kept(facts),
    [
      facts.table.GlobalSecondaryIndexes?.some(
        ({ IndexName, IndexStatus }) => IndexName === DUE_INDEX && IndexStatus === 'ACTIVE',
      ) ?? false,
      `${facts.name} has no index ${DUE_INDEX} that can be asked: what waits is not found`,
      'npx cdk deploy',
    ],
  ]);

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
}

/** The actions that a policy denies to everybody, with or without exceptions. */
const refusedIn = (policy: string | undefined): ReadonlySet<string> => {
  if (policy === undefined) return new Set();
  const { Statement: found = [] } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  const everybody = [found]
    .flat()
    .filter(
      ({ Effect, Principal }) =>
        Effect === 'Deny' && /^(?:"\*"|\{"AWS":"\*"\})$/.test(JSON.stringify(Principal)),
    );
  return new Set(everybody.flatMap(({ Action = [] }) => Action));
};
