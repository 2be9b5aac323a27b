import { Duration } from 'aws-cdk-lib';
import { CfnRule, type EventBus, Rule, type RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { NamedPattern } from './patterns.ts';

/**
 * The number of retries and the event age that EventBridge allows at most (EventBridge guide, "Retry
 * policy").
 */
export const DELIVERY = { retryAttempts: 185, maxEventAge: Duration.hours(24) } as const;

/**
 * The rule state in which EventBridge also delivers calls that CloudTrail counts as reads, such as role
 * assumptions.
 */
export const WITH_READS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/**
 * Sets the state of a rule whose pattern has reads, by default so that it also matches calls that count as
 * reads.
 */
export const withReads = (rule: Rule, { hasReads }: NamedPattern, state = WITH_READS): Rule => {
  if (hasReads && rule.node.defaultChild instanceof CfnRule) rule.node.defaultChild.state = state;
  return rule;
};

/**
 * Rules that send events to a function. Events that cannot be delivered within a day go to the failure queue.
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

/** Converts a pattern to CDK's props. */
export const patternProps = ({ pattern }: NamedPattern) => ({
  source: [...pattern.source],
  detailType: [...pattern['detail-type']],
  ...(pattern.detail && {
    detail: Object.fromEntries(Object.entries(pattern.detail).map(([name, values]) => [name, [...values]])),
  }),
});

/**
 * A rule that invokes a function on a schedule. An undeliverable call is dropped, because the next one is
 * soon due.
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
