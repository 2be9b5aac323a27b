import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** The longest retention that SQS offers. */
const KEPT = Duration.days(14);
/** Lambda's longest timeout, in seconds, which `redrive` uses. */
export const LONGEST_SECONDS = 900;
/** How often `redrive` tries a message before the message moves to the queue for people. */
const TRIES = 5;

/** The queues for dead letters. */
export interface FailureQueues {
  /** Dead letters of Lambda and EventBridge, which `redrive` runs again. */
  readonly failures: Queue;
  /** Dead letters that `redrive` could not process, for people to inspect. */
  readonly unusable: Queue;
}

/**
 * Creates the failure queue and its dead-letter queue, which both require TLS. The visibility timeout is six
 * times the timeout of the function (Lambda guide, "Configuring scaling behavior for SQS").
 */
export const failureQueues = (scope: Construct, name: string): FailureQueues => {
  const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: KEPT };
  const unusable = new Queue(scope, 'Unusable', { ...common, queueName: `${name}-unusable` });
  const failures = new Queue(scope, 'Failures', {
    ...common,
    queueName: `${name}-failures`,
    visibilityTimeout: Duration.seconds(6 * LONGEST_SECONDS),
    deadLetterQueue: { queue: unusable, maxReceiveCount: TRIES },
  });
  return { failures, unusable };
};
