import {
  DeleteMessageBatchCommand,
  type Message as QueueMessage,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetterMessage } from '../../../handlers/redrive/dead-letter.ts';
import type { Redriven } from '../../../handlers/redrive/redrive.ts';

/** The part of the SQS client that is used: tests stand in here. */
export type Sqs = Pick<SQSClient, 'send'>;

/** How a failure queue is worked through. */
export interface QueueRun {
  readonly url: string;
  /** No more messages than this are received. */
  readonly max: number;
  readonly run: (messages: readonly DeadLetterMessage[]) => Promise<readonly Redriven[]>;
  /** Told of the messages of a batch whose deletion SQS refused: they went through, and will come again. */
  readonly onUndeleted: (ids: readonly string[]) => void;
}

/** SQS gives at most 10 messages at once (SQS API reference, ReceiveMessage). */
const MESSAGES_AT_ONCE = 10;
/** Asking for some seconds asks all of SQS's servers: an empty answer means an empty queue then ("long polling"). */
const WAIT_S = 5;
/** Nobody else gets a message while it is worked on, and those that fail come again only after the run. */
const HIDDEN_S = 900;

/**
 * Works through a queue of what was given up, batch by batch, until it is empty, `max` messages came, or only such
 * come as failed before. A message is deleted once it went through, and no other is. Dying at any point is safe: what
 * was not deleted comes again.
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
