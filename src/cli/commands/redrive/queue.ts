import {
  DeleteMessageBatchCommand,
  type Message as QueueMessage,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetterMessage } from '../../../handlers/redrive/dead-letter.ts';
import type { Redriven } from '../../../handlers/redrive/redrive.ts';

/** The part of the SQS client that is used, so that tests can replace it. */
export type Sqs = Pick<SQSClient, 'send'>;

/** How to redrive a failure queue. */
export interface QueueRun {
  readonly url: string;
  /** The maximum number of messages to receive. */
  readonly max: number;
  readonly run: (messages: readonly DeadLetterMessage[]) => Promise<readonly Redriven[]>;
  /**
   * Receives the ids of messages that succeeded but that SQS refused to delete. They will be delivered again.
   */
  readonly onUndeleted: (ids: readonly string[]) => void;
}

/** SQS returns at most 10 messages at once (SQS API reference, ReceiveMessage). */
const MESSAGES_AT_ONCE = 10;
/**
 * The long-polling wait in seconds. Long polling queries all SQS servers, so an empty response means an empty
 * queue.
 */
const WAIT_S = 5;
/**
 * The visibility timeout in seconds. Nobody else receives a message meanwhile, and failed ones return only
 * after the run.
 */
const HIDDEN_S = 900;

/**
 * Redrives a queue of dead letters batch by batch, until it is empty, `max` messages were received, or only
 * messages return that were already tried. Only messages that succeed are deleted. A crash at any point is
 * safe, because undeleted messages are delivered again.
 */
export async function* redriveFromQueue(
  sqs: Sqs,
  { url, max, run, onUndeleted }: QueueRun,
): AsyncGenerator<readonly Redriven[]> {
  const tried = new Set<string>();
  for (let left = max; left > 0; ) {
    const { Messages: received = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(left, MESSAGES_AT_ONCE),
        WaitTimeSeconds: WAIT_S,
        VisibilityTimeout: HIDDEN_S,
        MessageAttributeNames: ['RequestID'],
      }),
    );
    const fresh = received.filter(({ MessageId = '' }) => !tried.has(MessageId));
    if (fresh.length === 0) return;
    left -= fresh.length;
    const outcomes = await run(fresh.map(messageOf));
    for (const { id } of outcomes) tried.add(id);
    await remove(sqs, url, fresh, outcomes, onUndeleted);
    yield outcomes;
  }
}

const messageOf = ({ MessageId = '', Body = '', MessageAttributes }: QueueMessage): DeadLetterMessage => {
  const requestId = MessageAttributes?.RequestID?.StringValue;
  return { id: MessageId, body: Body, ...(requestId && { requestId }) };
};

const remove = async (
  sqs: Sqs,
  url: string,
  received: readonly QueueMessage[],
  outcomes: readonly Redriven[],
  onUndeleted: QueueRun['onUndeleted'],
): Promise<void> => {
  const done = new Set(outcomes.flatMap(({ id, outcome }) => (outcome === 'done' ? [id] : [])));
  const gone = received.filter(({ MessageId = '' }) => done.has(MessageId));
  if (gone.length === 0) return;
  const { Failed = [] } = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: gone.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
    }),
  );
  if (Failed.length > 0) onUndeleted(Failed.map(({ Id }) => gone[Number(Id)]?.MessageId ?? ''));
};
