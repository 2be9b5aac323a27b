import { PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert } from './notices/alert-text.ts';

/** The part of the SNS client that tagledger uses. */
export type Sns = Pick<SNSClient, 'send'>;

/** PublishBatch takes at most 10 messages, of 256 KB together (SNS API reference). */
const MESSAGES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/**
 * Publishes alerts to the topic, with as few calls as SNS allows. Returns for each alert the error, or
 * undefined if SNS accepted it: SNS may accept a batch in part, and one call may fail where another succeeds.
 * Never rejects.
 */
export const publishAlerts = async (
  sns: Sns,
  topicArn: string,
  alerts: readonly Alert[],
): Promise<(Error | undefined)[]> => {
  const problems: (Error | undefined)[] = [];
  for (const batch of inCalls(alerts)) problems.push(...(await publish(sns, topicArn, batch)));
  return problems;
};

const publish = async (
  sns: Sns,
  TopicArn: string,
  batch: readonly Alert[],
): Promise<(Error | undefined)[]> => {
  const [alert] = batch;
  try {
    if (alert && batch.length === 1) {
      await sns.send(new PublishCommand({ TopicArn, Subject: alert.subject, Message: alert.message }));
      return [undefined];
    }
    const { Successful = [], Failed = [] } = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: batch.map(({ subject, message }, i) => ({
          Id: String(i),
          Subject: subject,
          Message: message,
        })),
      }),
    );
    return batch.map((_, i) => {
      if (Successful.some(({ Id }) => Id === String(i))) return undefined;
      const { Code, Message } = Failed.find(({ Id }) => Id === String(i)) ?? {};
      return new Error(`SNS did not take the message: ${Code ?? 'no reason given'} ${Message ?? ''}`.trim());
    });
  } catch (error) {
    return batch.map(() => error as Error);
  }
};

const inCalls = (alerts: readonly Alert[]): Alert[][] => {
  const calls: Alert[][] = [];
  let bytes = 0;
  for (const alert of alerts) {
    const call = calls.at(-1);
    const size = Buffer.byteLength(alert.subject) + Buffer.byteLength(alert.message);
    if (call && call.length < MESSAGES_PER_CALL && bytes + size <= BYTES_PER_CALL) {
      call.push(alert);
      bytes += size;
    } else {
      calls.push([alert]);
      bytes = size;
    }
  }
  return calls;
};
