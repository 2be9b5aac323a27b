import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { type Diagnosis, fine, wrong } from '../diagnosis.ts';

/** Reads the first hundred subscriptions of the topic. Needs `sns:ListSubscriptionsByTopic`. */
export const subscriptionsOf = async (
  client: Pick<SNSClient, 'send'>,
  TopicArn: string,
): Promise<readonly Subscription[]> =>
  (await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [];

/**
 * Checks that failures are sent to somebody. SNS shows the words `PendingConfirmation` in place of the ARN of
 * a subscription that was not confirmed.
 */
export const topic = (subscriptions: readonly Subscription[], arn: string): readonly Diagnosis[] => {
  const isConfirmed = ({ SubscriptionArn = '' }: Subscription) => SubscriptionArn.startsWith('arn:');
  const open = subscriptions.filter((one) => !isConfirmed(one));
  if (open.length === subscriptions.length) {
    return [
      wrong(
        'topic',
        open.length === 0
          ? 'nobody receives alerts: the topic has no subscription'
          : `nobody receives alerts: none of the ${open.length} subscribed addresses was confirmed`,
        open.length === 0
          ? `aws sns subscribe --topic-arn ${arn} --protocol email --notification-endpoint ADDRESS`
          : 'open the message of AWS in the mailbox of each, and confirm',
      ),
    ];
  }
  if (open.length > 0) {
    return [
      wrong(
        'topic',
        `${open.length} of ${subscriptions.length} subscriptions were not confirmed`,
        'open the message of AWS in the mailbox of each, and confirm',
      ),
    ];
  }
  return [fine('topic', `${subscriptions.length} subscribed and confirmed`)];
};
