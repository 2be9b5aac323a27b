import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { dynamodbMemoStore } from '../projections/dynamodb-memo-store.ts';
import { dynamodbStateStore } from '../projections/dynamodb-state-store.ts';
import { alert } from './alert.ts';
import { inTurn } from './in-turn.ts';
import { powertools } from './observed.ts';
import { project } from './project.ts';
import { setAside } from './set-aside.ts';
import { readSettings } from './settings.ts';
import { tamper } from './tamper.ts';

const settings = readSettings(
  process.env,
  ['LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN'],
  ['ALERT_QUIET_MINUTES'],
);
const { observer, observed, traced } = powertools('project');
const dynamodb = traced(new DynamoDBClient());
const store = dynamodbStore(dynamodb, settings.LEDGER_TABLE);
const states = dynamodbStateStore(dynamodb, settings.STATE_TABLE);
const cloudwatch = traced(new CloudWatchClient());
const telling = {
  memos: dynamodbMemoStore(dynamodb, settings.STATE_TABLE),
  sns: traced(new SNSClient()),
  topicArn: settings.ALERT_TOPIC_ARN,
  now: () => new Date(),
  observer,
  quietMs: settings.ALERT_QUIET_MINUTES * 60_000,
};

/** Lambda entry point behind the change feed: projects the state, then makes tampering and failures heard. */
export const handler = observed(
  inTurn(
    inTurn(project({ store, states, setAside: setAside(telling), observer }), tamper(telling)),
    alert({ ...telling, cloudwatch }),
  ),
);
