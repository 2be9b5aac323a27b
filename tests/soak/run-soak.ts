import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env, execPath, pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { createTables } from '../../src/adapters/dynamodb/create-tables.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { scan } from '../../src/adapters/dynamodb/paging.ts';
import { arnOf } from '../../src/events/resource-arn.ts';
import { request } from '../../src/intake/intake.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { maker } from '../conformance/resources.ts';
import { clientOf, REGION, type Target } from '../conformance/targets.ts';
import { openTopic } from '../conformance/topic.ts';
import { chance } from '../simulation/chance.ts';
import { type Ended, violationsOf } from '../simulation/invariants.ts';
import { RULES, TAGGER } from '../simulation/scenario.ts';
import { listOf } from '../support/async.ts';
import { flatness } from './flatness.ts';
import { load } from './load.ts';
import { quantile, waitsOf } from './waits.ts';
import { type Sample, sampleOf, watchedProcess } from './watched-process.ts';
import { whatEc2Shows } from './what-ec2-shows.ts';

/** What came of a soak. */
export interface Soaked {
  /** What was done and measured, a line each. */
  readonly lines: readonly string[];
  /** What did not hold, in words; empty when all did. */
  readonly violations: readonly string[];
}

/** A soak. */
export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly dynamodb: Target;
  readonly cloud: Target;
}

const TABLES = { ledger: 'soak-ledger', state: 'soak-state' };
const CRASHES_PER_SECOND = 1 / 12;
const QUIET_MINUTES = 15;
/** How long the consumers may take to get through what is left when the load has ended. */
const SETTLES_WITHIN_MS = 60_000;

/**
 * The front door in this process and `tagledger consume` in another one, at a steady rate. The consumers crash at random
 * moments in the first two thirds of the time, and have a long life after that.
 */
export const runSoak = async ({ minutes, seed, dynamodb: table, cloud }: SoakOptions): Promise<Soaked> => {
  const dice = chance(seed);
  const dynamodb = new DynamoDBClient(clientOf(table));
  const ec2 = new EC2Client(clientOf(cloud));
  await createTables(dynamodb, TABLES, 50);
  const topic = await openTopic(cloud);
  const store = dynamodbStore(dynamodb, TABLES.ledger);
  const front = request({
    ledger: { store, eventFormat: 1 as const, now: () => new Date() },
    rules: parseTagRules(RULES),
    taggerRoleArn: TAGGER,
    telemetry: QUIET,
  });
  const consumerEnv = {
    AWS_ENDPOINT_URL: cloud.endpoint ?? '',
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint ?? '',
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: table.endpoint ?? '',
    AWS_ACCESS_KEY_ID: 'soak',
    AWS_SECRET_ACCESS_KEY: 'soak',
    AWS_REGION: REGION,
    TAG_RULES: RULES,
    ALERT_TOPIC_ARN: topic.arn,
    ALERT_QUIET_MINUTES: String(QUIET_MINUTES),
    // What EC2 does not show now it never will.
    NEW_FOR_SECONDS: '0',
  };
  const command = ['dist/tagledger.js', 'consume', '--ledger', `dynamodb:${TABLES.ledger},${TABLES.state}`];
  const consumer = watchedProcess(command, consumerEnv);
  const people = load(await maker(ec2), ec2, dice);
  const alerts: Ended['alerts'][number][] = [];
  const hear = async () => {
    for (const { Subject, Message, MessageId, TopicArn } of await topic.received(0)) {
      alerts.push({
        topicArn: TopicArn,
        subject: Subject,
        message: Message,
        messageId: MessageId,
        at: Date.now(),
      });
    }
  };

  const begin = Date.now();
  const lasts = minutes * 60_000;
  const samples: { consumer: Sample[]; front: Sample[] } = { consumer: [], front: [] };
  let [records, crashes] = [0, 0];
  for (let second = 1; Date.now() - begin < lasts; second++) {
    const told = await people.second();
    records += told.length;
    await front(told, `soak-${second}`);
    if (Date.now() - begin < (lasts * 2) / 3 && dice.happens(CRASHES_PER_SECOND)) {
      await delay(dice.between(0, 500));
      await consumer.restart();
      crashes += 1;
    }
    for (const [list, one] of [
      [samples.consumer, consumer.sample()],
      [samples.front, sampleOf(pid, Date.now() - begin)],
    ] satisfies [Sample[], Sample | undefined][]) {
      if (one) list.push(one);
    }
    if (second % 10 === 0) await hear();
    await delay(Math.max(0, begin + second * 1_000 - Date.now()));
  }
  const took = (Date.now() - begin) / 1_000;

  await consumer.stop();
  const settling = Date.now();
  await runOnce([...command, '--once'], consumerEnv);
  const settled = Date.now() - settling;
  await hear();

  const events = await listOf(store.readAll());
  const tags = await whatEc2Shows(ec2, [...new Set(events.map(({ stream }) => stream))]);
  const ended: Ended = {
    events,
    rows: await listOf(scan(dynamodb, TABLES.state)),
    tagsOf: (identity) => tags.get(arnOf(identity)),
    isDenied: () => false,
    attempts: DEFAULT_RETRY.attempts,
    alerts,
    quietMs: QUIET_MINUTES * 60_000,
    interruptions: crashes,
    personal: people.personal,
    calls: [],
  };
  const judged = [flatness('the consumers', samples.consumer), flatness('the front door', samples.front)];
  const waits = waitsOf(events);
  await topic.close();
  dynamodb.destroy();
  ec2.destroy();
  return {
    lines: [
      `${records} records of ${people.made()} new resources in ${took.toFixed(0)} s, ${crashes} crashes of the consumers`,
      `${events.length} events; from request to tags ${quantile(waits, 0.5)} ms in the median, ${quantile(waits, 0.95)} ms at the 95th percentile`,
      `what was left when the load ended took ${settled} ms`,
      ...judged.map(({ text }) => text),
    ],
    violations: [
      ...violationsOf(ended),
      ...judged.flatMap(({ violations }) => violations),
      ...(settled > SETTLES_WITHIN_MS
        ? [`what was left took ${settled} ms, expected ${SETTLES_WITHIN_MS} at most`]
        : []),
    ],
  };
};

/** Runs a command to its end; rejects when it did not end well. */
const runOnce = async (args: readonly string[], withEnv: Record<string, string>): Promise<void> => {
  const child = spawn(execPath, args, {
    env: { PATH: env.PATH, ...withEnv },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
};
