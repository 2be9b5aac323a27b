import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { examineDeployed } from '../../../doctor/deployed/examine.ts';
import { prefixOf } from '../../../doctor/deployed/names.ts';
import { type Diagnosis, fine, unknown, why } from '../../../doctor/diagnosis.ts';
import type { Env } from '../../../handlers/runtime/settings.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import { WrongUsageError } from '../../errors.ts';
import { tablesIn } from '../../ledger/ledger-kind.ts';
import { openTables } from '../../ledger/open-tables.ts';
import { showEvents, showRows } from '../../ledger/show-reading.ts';
import type { ShowProgress } from '../../progress.ts';

/**
 * Diagnoses the ledger that `dynamodb:TABLE[,STATE_TABLE]` names, and what is deployed with it. `show` is given the
 * progress of what reads all events or rows.
 */
export const doctorTables = async (
  where: string,
  name: string | undefined,
  env: Env,
  now: Date,
  show: ShowProgress,
): Promise<readonly Diagnosis[]> => {
  const [ledger = '', states = env.STATE_TABLE ?? ''] = tablesIn(where);
  const prefix = name ?? prefixOf(ledger);
  if (!prefix) {
    throw new WrongUsageError(
      `The name of the deployment cannot be derived from the table ${ledger}. Pass it with --name NAME.`,
    );
  }
  const clients = {
    sts: new STSClient(),
    dynamodb: new DynamoDBClient(),
    lambda: new LambdaClient(),
    events: new EventBridgeClient(),
    cloudtrail: new CloudTrailClient(),
    iam: new IAMClient(),
    sns: new SNSClient(),
    sqs: new SQSClient(),
    cloudwatch: new CloudWatchClient(),
  };
  const tables = openTables(where, env);
  try {
    const region = await regionOf(clients.sts);
    if (typeof region !== 'string') return [region];
    const keysOf = (rules: string) => parseTagRules(rules).rules.map(({ key }) => key);
    const examined = await examineDeployed(
      {
        ...tables,
        ...clients,
        store: showEvents(tables.store, show, undefined),
        states: showRows(tables.states, show),
        region,
      },
      { ledger, states, prefix },
      keysOf,
      now,
    );
    return [fine('mode', 'live: the deployed functions request and apply tags'), ...examined];
  } finally {
    await tables.close();
    for (const client of Object.values(clients)) client.destroy();
  }
};

/** The configured Region. Without one, no AWS client can make a request. */
const regionOf = async ({ config }: STSClient): Promise<string | Diagnosis> => {
  try {
    return await config.region();
  } catch (error) {
    return unknown('credentials', why(error), 'set AWS_REGION, or a profile that has one with AWS_PROFILE');
  }
};
