import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/**
 * Where failures are told: encrypted, and closed to whoever comes without TLS. Each address gets a message
 * that asks it to confirm. CloudWatch's alarms of this account may publish as well: a policy of one's own
 * takes that right away.
 */
export const alertTopic = (scope: Construct, name: string, key: IKey, emails: readonly string[]): Topic => {
  const topic = new Topic(scope, 'Alerts', {
    topicName: `${name}-alerts`,
    displayName: 'tagledger',
    masterKey: key,
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
};
