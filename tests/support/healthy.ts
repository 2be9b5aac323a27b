import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { FORBIDDEN_OPERATIONS } from '../../src/adapters/dynamodb/forbidden-operations.ts';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { recordCoverage } from '../../src/commands/record-coverage.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import { moveHead } from '../../src/sealing/log/log-head.ts';
import { FUNCTION_NAMES } from '../../src/shared/function-names.ts';
import { NOW } from './events.ts';

export const NAMES = { ledger: 'tagledger-ledger', states: 'tagledger-state', prefix: 'tagledger' };
const REGION = 'eu-west-1';
const ACCOUNT = '111122223333';
const STREAM_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/tagledger-ledger/stream/2026-04-01T00:00:00.000`;
export const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:tagledger-alerts`;

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: FORBIDDEN_OPERATIONS.map((one) => `dynamodb:${one}`),
      Resource: '*',
    },
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'dynamodb:PutItem',
      Resource: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': [`arn:aws:iam::${ACCOUNT}:role/tagledger-apply`] } },
    },
  ],
};

/** A deployed ledger of which everything is as it should be: what AWS answers when it is asked. */
/** A heartbeat of an account that the ledger received at once. */
export const heartbeatOf = async (store: EventStore, account: string, now: Date): Promise<void> => {
  const at = now.toISOString();
  const coverage = { account, source: 'heartbeat' as const, from: at, to: at, regions: [REGION] };
  await recordCoverage({ store, eventFormat: 2, now: () => now }, coverage);
};

export const healthyAws = async () => {
  const region = { region: REGION };
  const clients = {
    sts: new STSClient(region),
    dynamodb: new DynamoDBClient(region),
    lambda: new LambdaClient(region),
    events: new EventBridgeClient(region),
    cloudtrail: new CloudTrailClient(region),
    iam: new IAMClient(region),
    sns: new SNSClient(region),
    sqs: new SQSClient(region),
    cloudwatch: new CloudWatchClient(region),
  };
  const coordination = memoryCoordinationStore();
  await moveHead(
    coordination,
    { origin: 'x/1', openedAt: '2026-04-01T00:00:00.000Z', predecessor: '', size: 5, checkpoint: 'signed' },
    undefined,
  );
  const mocks = {
    sts: mockClient(clients.sts),
    dynamodb: mockClient(clients.dynamodb),
    lambda: mockClient(clients.lambda),
    events: mockClient(clients.events),
    cloudtrail: mockClient(clients.cloudtrail),
    iam: mockClient(clients.iam),
    sns: mockClient(clients.sns),
    sqs: mockClient(clients.sqs),
    cloudwatch: mockClient(clients.cloudwatch),
  };
  mocks.sts.on(GetCallerIdentityCommand).resolves({ Arn: `arn:aws:iam::${ACCOUNT}:user/ada` });
  mocks.dynamodb
    .on(DescribeTableCommand, { TableName: NAMES.ledger })
    .resolves({ Table: LEDGER_TABLE })
    .on(DescribeTableCommand, { TableName: NAMES.states })
    .resolves({ Table: STATE_TABLE })
    .on(DescribeContinuousBackupsCommand)
    .resolves(restorable('ENABLED'))
    .on(GetResourcePolicyCommand)
    .resolves({ Policy: JSON.stringify(POLICY) });
  for (const one of FUNCTION_NAMES) {
    mocks.lambda
      .on(GetFunctionConfigurationCommand, { FunctionName: `tagledger-${one}` })
      .resolves(functionOf(one));
  }
  mocks.lambda
    .on(ListEventSourceMappingsCommand, { EventSourceArn: STREAM_ARN })
    .resolves({ EventSourceMappings: [mappingOf('apply'), mappingOf('project')] });
  mocks.events.on(ListRulesCommand).resolves({ Rules: RULES });
  mocks.cloudtrail
    .on(DescribeTrailsCommand)
    .resolves({ trailList: [{ Name: 'main', TrailARN: 'arn:trail/main', IsMultiRegionTrail: true }] })
    .on(GetTrailStatusCommand)
    .resolves({ IsLogging: true })
    .on(GetEventSelectorsCommand)
    .resolves({ EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }] });
  mocks.iam
    .on(SimulatePrincipalPolicyCommand)
    .resolves({ EvaluationResults: [{ EvalActionName: 'ec2:CreateTags', EvalDecision: 'allowed' }] });
  mocks.sns
    .on(ListSubscriptionsByTopicCommand, { TopicArn: TOPIC_ARN })
    .resolves({ Subscriptions: [{ SubscriptionArn: `${TOPIC_ARN}:1`, Endpoint: 'ops@example.com' }] });
  mocks.cloudwatch
    .on(DescribeAlarmsCommand)
    .resolves({
      MetricAlarms: [{ AlarmName: 'tagledger-tampering', StateValue: 'OK', ActionsEnabled: true }],
    })
    .on(GetMetricStatisticsCommand)
    .resolves({ Datapoints: [{ SampleCount: 15 }] });
  mocks.sqs
    .on(GetQueueUrlCommand)
    .resolves({ QueueUrl: 'https://sqs' })
    .on(GetQueueAttributesCommand)
    .resolves({ Attributes: { ApproximateNumberOfMessages: '0' } });
  const store = memoryStore();
  await heartbeatOf(store, ACCOUNT, new Date(NOW.getTime() + 3_600_000));
  const stores = { store, states: memoryStateStore(), coordination };
  return { asked: { ...clients, ...stores, region: REGION }, mocks, ...stores };
};

export const LEDGER_TABLE = {
  TableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/tagledger-ledger`,
  TableStatus: 'ACTIVE',
  DeletionProtectionEnabled: true,
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  LatestStreamArn: STREAM_ARN,
} as const;

export const STATE_TABLE = {
  TableStatus: 'ACTIVE' as const,
  DeletionProtectionEnabled: true,
  GlobalSecondaryIndexes: [{ IndexName: 'due', IndexStatus: 'ACTIVE' as const }],
};

export const restorable = (PointInTimeRecoveryStatus: 'ENABLED' | 'DISABLED') => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED' as const,
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
  },
});

export const functionOf = (one: string, over: object = {}) => ({
  FunctionName: `tagledger-${one}`,
  Role: `arn:aws:iam::${ACCOUNT}:role/tagledger-${one}`,
  State: 'Active' as const,
  LastUpdateStatus: 'Successful' as const,
  Environment: {
    Variables: {
      LEDGER_TABLE: NAMES.ledger,
      TAG_RULES: '{"Owner":"{who.name}"}',
      ALERT_TOPIC_ARN: TOPIC_ARN,
    },
  },
  ...over,
});

export const mappingOf = (one: string, over: object = {}) => ({
  UUID: `uuid-${one}`,
  FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:tagledger-${one}`,
  State: 'Enabled',
  FunctionResponseTypes: ['ReportBatchItemFailures' as const],
  LastProcessingResult: 'OK',
  ...over,
});

export const RULES = [
  { Name: 'tagledger-Calls1', State: 'ENABLED' as const, EventPattern: '{}' },
  {
    Name: 'tagledger-Sessions',
    State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' as const,
    EventPattern: '{}',
  },
  ...['Archive', 'Seal', 'Reconcile', 'Sweep'].map((one) => ({
    Name: `tagledger-${one}Schedule`,
    State: 'ENABLED' as const,
    ScheduleExpression: 'rate(1 minute)',
  })),
];
