import { Aws, CfnCondition, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeFindings } from './acknowledgements.ts';
import { heartbeat } from './heartbeat.ts';
import { type Hub, hubRoles } from './member-roles.ts';
import { parametersOf } from './parameters.ts';
import { patterns } from './patterns.ts';
import { DELIVERY, patternProps, WITH_READS, withReads } from './rules.ts';

/**
 * The stack of a member account in each Region, for StackSets: rules that forward events to the hub's bus,
 * and in one Region the roles that the hub assumes. Events that cannot be delivered to the hub within a day
 * go to a queue beside the rules.
 */
export const memberStack = (scope: Construct, id: string, props: StackProps): Stack => {
  const stack = new Stack(scope, id, props);
  const { text, list } = parametersOf(stack);
  const hub = {
    account: text('HubAccount', 'The account of the hub'),
    region: text('HubRegion', 'The Region of the hub'),
    name: text('HubName', 'The name of the ledger there', 'tagledger'),
  };
  const externalId = text('ExternalId', 'The text that the hub shows when it assumes the roles');
  const tagKeys = list('TagKeys', 'The keys of all tags that the hub may set, with commas between them');
  const roleRegion = text(
    'RoleRegion',
    'The one Region in which the stack makes the roles, as roles are known in all',
  );
  const isRoleRegion = new CfnCondition(stack, 'HasRoles', {
    expression: Fn.conditionEquals(Aws.REGION, roleRegion),
  });
  const joins = new CfnCondition(stack, 'JoinsIdentities', {
    expression: Fn.conditionEquals(
      text(
        'ForwardRoleSessions',
        'on, where the hub joins identities: whether the assumption of roles is forwarded',
        'off',
      ),
      'on',
    ),
  });
  hubRoles(stack, { hub, externalId, tagKeys, condition: isRoleRegion });
  heartbeat(stack);
  forwarding(stack, hub, Fn.conditionIf(joins.logicalId, WITH_READS, 'DISABLED').toString());
  acknowledgeFindings(stack, {});
  return stack;
};

/** Creates the forwarding rules. `roleSessions` is the state of the rule that forwards role assumptions. */
const forwarding = (stack: Stack, { account, region, name }: Hub, roleSessions: string): void => {
  const busArn = `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/${name}`;
  const bus = EventBus.fromEventBusArn(stack, 'HubBus', busArn) as IEventBus;
  const role = new Role(stack, 'ForwardRole', {
    description: 'tagledger: forwards events to the hub',
    assumedBy: new ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  new ManagedPolicy(stack, 'ForwardPolicy', {
    description: 'tagledger: forwards events to the hub',
    statements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [busArn] })],
    roles: [role],
  });
  const deadLetterQueue = new Queue(stack, 'NotForwarded', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  for (const one of patterns(true)) {
    const rule = new Rule(stack, one.name, {
      description: `tagledger: forwards ${one.name} to the hub`,
      eventPattern: patternProps(one),
    });
    withReads(rule, one, roleSessions);
    rule.addTarget(tried(new BusTarget(bus, { role: role.withoutPolicyUpdates(), deadLetterQueue })));
  }
};

/** Adds the common retry policy to a target, because CDK's event bus target has no prop for it. */
const tried = (target: IRuleTarget): IRuleTarget => ({
  bind: (rule, id) => ({
    ...target.bind(rule, id),
    retryPolicy: {
      maximumRetryAttempts: DELIVERY.retryAttempts,
      maximumEventAgeInSeconds: DELIVERY.maxEventAge.toSeconds(),
    },
  }),
});
