import { Duration } from 'aws-cdk-lib';
import { CfnRule, type EventBus, Rule, type RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { NamedPattern } from './patterns.ts';

/** As often and as long as EventBridge tries to deliver an event (EventBridge guide, "Retry policy"). */
export const DELIVERY = { retryAttempts: 185, maxEventAge: Duration.hours(24) } as const;

/**
 * With a rule in this state EventBridge delivers calls that CloudTrail counts as reads, as it does the
 * assumption of roles.
 */
export const WITH_READS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/**
 * Makes a rule match calls that count as reads as well, where its pattern has some; `state` may be another
 * one.
 */
export const withReads = (rule: Rule, { hasReads }: NamedPattern, state = WITH_READS): Rule => {
  if (hasReads && rule.node.defaultChild instanceof CfnRule) rule.node.defaultChild.state = state;
  return rule;
};

/**
 * Rules that hand the events of these patterns to a function, and to the failure queue where that cannot be
 * reached for a day.
 */
export const eventRules = (
  scope: Construct,
  prefix: string,
  named: readonly NamedPattern[],
  target: LambdaFunction,
  deadLetterQueue: IQueue,
  eventBus?: EventBus,
): void => {
  for (const one of named) {
    const rule = new Rule(scope, `${eventBus ? 'Member' : ''}${one.name}`, {
      description: `tagledger: ${one.name}`,
      ruleName: `${prefix}-${one.name}`,
      eventPattern: patternProps(one),
      ...(eventBus && { eventBus }),
    });
    withReads(rule, one);
    rule.addTarget(new LambdaTarget(target, { ...DELIVERY, deadLetterQueue }));
  }
};

/** A pattern as CDK takes it. */
export const patternProps = ({ pattern }: NamedPattern) => ({
  source: [...pattern.source],
  detailType: [...pattern['detail-type']],
  detail: Object.fromEntries(Object.entries(pattern.detail).map(([name, values]) => [name, [...values]])),
});

/**
 * A rule that calls a function now and then. A call that cannot be delivered is let go: the next one comes
 * soon.
 */
export const scheduleRule = (
  scope: Construct,
  id: string,
  prefix: string,
  every: string,
  target: LambdaFunction,
  event?: RuleTargetInput,
): Rule => {
  const rule = new Rule(scope, id, {
    description: `tagledger: ${target.node.id}, ${every}`,
    ruleName: `${prefix}-${id}`,
    schedule: Schedule.expression(every),
  });
  rule.addTarget(
    new LambdaTarget(target, { retryAttempts: 0, maxEventAge: Duration.minutes(1), ...(event && { event }) }),
  );
  return rule;
};
