import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { clientOf, type Target } from './targets.ts';

/** What SNS puts into a queue (SNS Developer Guide, "Fanout to Amazon SQS queues"). */
const NotificationSchema = v.object({
  Type: v.literal('Notification'),
  TopicArn: v.string(),
  MessageId: v.string(),
  Subject: v.string(),
  Message: v.string(),
});
type Notification = v.InferOutput<typeof NotificationSchema>;

/** A topic of SNS, with a queue that is subscribed to it. */
export interface Topic {
  readonly sns: SNSClient;
  readonly arn: string;
  /** What has arrived since the last time; waits for the first message at most so long, some seconds unless told. */
  received(waitMs?: number): Promise<Notification[]>;
  close(): Promise<void>;
}

const WAIT_MS = 5_000;
const LOOK_EVERY_MS = 250;

/** Makes a topic and a queue, and subscribes the one to the other. */
export const openTopic = async (target: Target): Promise<Topic> => {
  const [sns, sqs] = [new SNSClient(clientOf(target)), new SQSClient(clientOf(target))];
  const name = `conformance-${randomUUID()}`;
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Attributes?.QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));

  const look = async (): Promise<Notification[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.map(({ Body = '' }) => v.parse(NotificationSchema, JSON.parse(Body)));
  };

  return {
    sns,
    arn: TopicArn,
    async received(waitMs = WAIT_MS) {
      const all: Notification[] = [];
      for (const until = Date.now() + waitMs; ; ) {
        const some = await look();
        all.push(...some);
        if (some.length > 0) continue;
        if (all.length > 0 || Date.now() >= until) return all;
        await delay(LOOK_EVERY_MS);
      }
    },
    async close() {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sns.destroy();
      sqs.destroy();
    },
  };
};
