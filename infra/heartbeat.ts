import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { HEARTBEAT } from '../src/cloudtrail/heartbeat.ts';

/**
 * Sends a heartbeat to the account's default bus every hour, where the rules of the records match it too. Each heartbeat
 * that is recorded shows that the records of the account can reach the ledger.
 */
export const heartbeat = (scope: Construct): void => {
  const busArn = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`;
  const role = new Role(scope, 'HeartbeatRole', {
    description: 'tagledger: sends heartbeats',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  const policy = new ManagedPolicy(scope, 'HeartbeatPolicy', {
    description: 'tagledger: sends heartbeats',
    statements: [
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [busArn],
        conditions: { StringEquals: { 'events:source': HEARTBEAT.source } },
      }),
    ],
    roles: [role],
  });
  const schedule = new CfnSchedule(scope, 'Heartbeat', {
    description: 'tagledger: a heartbeat every hour',
    scheduleExpression: 'rate(1 hour)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: busArn,
      roleArn: role.roleArn,
      eventBridgeParameters: { source: HEARTBEAT.source, detailType: HEARTBEAT.detailType },
      input: '{}',
    },
  });
  schedule.node.addDependency(policy);
};
