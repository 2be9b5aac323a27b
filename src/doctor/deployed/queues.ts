import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The approximate number of messages in a queue. Needs `sqs:GetQueueUrl` and `sqs:GetQueueAttributes`. */
export const messagesIn = async (client: Pick<SQSClient, 'send'>, QueueName: string): Promise<number> => {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  const messages = Number(Attributes?.ApproximateNumberOfMessages);
  if (!Number.isSafeInteger(messages))
    throw new Error(`SQS does not say how many messages are in ${QueueName}`);
  return messages;
};
