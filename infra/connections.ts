import { Duration } from 'aws-cdk-lib';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import { failureFeed, feed } from './feed.ts';
import { type FunctionProps, functionOf, idOf } from './function.ts';
import type { FunctionSpec } from './functions.ts';
import type { Parts } from './parts.ts';
import { scheduleRule } from './rules.ts';

/**
 * Lambda retries an asynchronous call at most twice and for this long (Lambda guide, "Asynchronous
 * invocation").
 */
const OLDEST_CALL = Duration.hours(6);
const CALL_RETRIES = 2;

/**
 * Creates a function and connects it to what invokes it: the change feed, the failure queue or a schedule.
 * The caller creates the EventBridge rules. A failed scheduled run is not retried, because the next run does
 * its work.
 */
export const connected = (
  scope: Construct,
  spec: FunctionSpec,
  parts: Parts,
  props: FunctionProps,
): LambdaFunction => {
  const made = functionOf(scope, spec, parts, props);
  const id = idOf(spec.name);
  if (spec.feed === 'failures') failureFeed(scope, `${id}Feed`, made, parts);
  else if (spec.feed) feed(scope, `${id}Feed`, made, spec.feed, parts);
  const { schedules = [] } = spec;
  schedules.forEach(({ every, input }, i) => {
    const event = input && RuleTargetInput.fromObject(input);
    scheduleRule(scope, `${id}Schedule${i === 0 ? '' : i + 1}`, parts.name, every, made, event);
  });
  if (schedules.length > 0) {
    made.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
  if (spec.front) {
    made.configureAsyncInvoke({
      retryAttempts: CALL_RETRIES,
      maxEventAge: OLDEST_CALL,
      onFailure: new SqsDestination(parts.failures),
    });
  }
  return made;
};
