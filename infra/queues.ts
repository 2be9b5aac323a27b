import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** As long as SQS keeps anything. */
const KEPT = Duration.days(14);
/** As long as a function may take, and `redrive` does. */
export const LONGEST_SECONDS = 900;
/** How often `redrive` tries a message before it is put aside for people. */
const TRIES = 5;

/** Queues of what went wrong. */
export interface FailureQueues {
  /** What Lambda and EventBridge gave up, which `redrive` runs again. */
  readonly failures: Queue;
  /** What `redrive` could not run: for people to look at. */
  readonly unusable: Queue;
}

/**
 * The failure queue and the one behind it, both closed to whoever comes without TLS. A message is out of
 * sight for six times as long as its function may take (Lambda guide, "Configuring scaling behavior for
 * SQS").
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
