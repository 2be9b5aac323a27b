import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { ReadOnlyArchive } from '../../archive/archive-store.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { EventStore } from '../../events/event-store.ts';
import { readHorizon } from '../../projections/horizon.ts';
import { oldestRequest } from '../../projections/oldest-request.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { tamperedMarks } from '../../projections/tampered-mark.ts';
import { allOf, type Diagnosis, examined, fine, unknown, why } from '../diagnosis.ts';
import { deployedHorizon, givenUp, tampering, waiting } from '../ledger-checks.ts';
import { notingRows, rowConditions } from '../state-rows.ts';
import { archive } from './archive.ts';
import { type Configurations, configurations, functions, mappings, mappingsOf } from './functions.ts';
import { type Names, nameOf } from './names.ts';
import { messagesIn } from './queues.ts';
import { simulated, type Tagger, tagging } from './role.ts';
import { rules, rulesOf } from './rules.ts';
import { seal, sealFacts } from './seal.ts';
import { ledgerTable, stateTable, tableFacts } from './tables.ts';
import { subscriptionsOf, topic } from './topic.ts';
import { trail, trailFacts } from './trail.ts';
import { alarms, alarmsOf, flow, flowOf } from './watching.ts';

/**
 * The clients and stores that the doctor reads from. It only calls `send` of a client, with operations that
 * read.
 */
export interface DeployedQuestion {
  readonly sts: Pick<STSClient, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly cloudtrail: Pick<CloudTrailClient, 'send'>;
  readonly iam: Pick<IAMClient, 'send'>;
  readonly sns: Pick<SNSClient, 'send'>;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
  readonly store: EventStore;
  readonly states: StateStore;
  readonly coordination: CoordinationStore;
  /** Absent if no archive is configured. */
  readonly archived?: ReadOnlyArchive;
  readonly region: string;
}

/** Returns the tag keys in the text of `TAG_RULES`, parsed as the functions parse it. */
export type KeysOf = (rules: string) => readonly string[];

/**
 * Examines a deployed ledger. The checks are independent: a missing permission leaves only its own check
 * unknown. Without credentials, no other check runs.
 */
export const examineDeployed = async (
  asked: DeployedQuestion,
  names: Names,
  keysOf: KeysOf,
  now: Date,
): Promise<readonly Diagnosis[]> => {
  const { sts, dynamodb, lambda, region } = asked;
  const credentials = await credentialsOf(sts, region);
  if (credentials.verdict !== 'ok') return [credentials];

  let found: Configurations = new Map();
  let stream: string | undefined;
  const readers = await examined('functions', async () => {
    found = await configurations(lambda, names);
    return functions(found, names);
  });
  const tables = [
    ...(await examined('ledger table', async () => {
      const facts = await tableFacts(dynamodb, names.ledger, true);
      stream = facts.table.LatestStreamArn;
      return ledgerTable(facts);
    })),
    ...(await examined('state table', async () =>
      stateTable(await tableFacts(dynamodb, names.states, false)),
    )),
  ];
  const type = (command: string) => `tagledger ${command} --ledger dynamodb:${names.ledger},${names.states}`;
  const list = type('list --status open');
  const look = `aws logs tail /aws/lambda/${nameOf(names, 'seal')} --since 1h`;
  return [
    credentials,
    ...tables,
    ...readers,
    ...(await examined('change feed', async () =>
      mappings(await mappingsOf(lambda, streamOr(stream, names)), names),
    )),
    ...(await examined('rules', async () => rules(await rulesOf(asked.events, names), names))),
    ...(await examined('trail', async () => [trail(await trailFacts(asked.cloudtrail, region))])),
    ...(await examined('roles', async () =>
      Promise.all(taggersIn(found, names, keysOf).map((one) => tags(asked, one))),
    )),
    ...(await examined('topic', async () => {
      const arn = settingOf(found, 'project', 'ALERT_TOPIC_ARN');
      return topic(await subscriptionsOf(asked.sns, arn), arn);
    })),
    ...(await examined('alarms', async () => alarms(await alarmsOf(asked.cloudwatch, names)))),
    ...(await examined('metrics', async () => flow(await flowOf(asked.cloudwatch, names, now), names))),
    ...(await queue(asked, names, 'failures', 'docs/runbook.md#given-up')),
    ...(await queue(asked, names, 'unusable', 'docs/runbook.md#unusable')),
    ...(await examined('state', async () => {
      const { states, facts } = notingRows(asked.states);
      for await (const _ of states.listStored());
      return allOf(
        'state',
        'every row is by this version of the fold, and none is large',
        rowConditions(facts, type),
      );
    })),
    ...(await examined('requests', async () => [
      waiting(await oldestRequest(asked.store, asked.states), now, list),
    ])),
    ...(await examined('horizon', async () =>
      deployedHorizon(
        await readHorizon(asked.store, now.toISOString()),
        now,
        'check the schedule and the rule Heartbeats of that account',
      ),
    )),
    ...(await examined('tampering', async () => [
      tampering(await tamperedMarks(asked.coordination), 'docs/runbook.md#tampering'),
    ])),
    ...(await examined('archive', async () => (asked.archived ? [await archive(asked.archived, type)] : []))),
    ...(await examined('seal', async () => [seal(await sealFacts(asked.coordination), now, look)])),
  ];
};

const credentialsOf = async (sts: DeployedQuestion['sts'], region: string): Promise<Diagnosis> => {
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return fine('credentials', `${Arn}, in ${region}`);
  } catch (error) {
    return unknown(
      'credentials',
      why(error),
      'log in, or name a profile with AWS_PROFILE and a Region with AWS_REGION',
    );
  }
};

const streamOr = (stream: string | undefined, { ledger }: Names): string => {
  if (stream) return stream;
  throw new Error(`${ledger} has no stream, or it could not be asked for`);
};

const settingOf = (found: Configurations, one: string, setting: string): string => {
  const value = found.get(one)?.Environment?.Variables?.[setting];
  if (value) return value;
  throw new Error(`${setting} of the function ${one} is not known`);
};

const taggersIn = (found: Configurations, names: Names, keysOf: KeysOf): readonly Tagger[] =>
  ['apply', 'redrive'].map((one) => ({
    function: nameOf(names, one),
    roleArn: found.get(one)?.Role ?? '',
    tagKeys: keysOf(settingOf(found, one, 'TAG_RULES')),
  }));

const tags = async ({ iam }: DeployedQuestion, tagger: Tagger): Promise<Diagnosis> =>
  tagging(tagger, await simulated(iam, tagger));

const queue = ({ sqs }: DeployedQuestion, names: Names, part: string, todo: string) =>
  examined(`queue ${part}`, async () => {
    const name = nameOf(names, part);
    return [{ ...givenUp(await messagesIn(sqs, name), `the queue ${name}`, todo), check: `queue ${part}` }];
  });
