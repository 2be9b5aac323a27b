import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, NotFoundException, SNSClient } from '@aws-sdk/client-sns';
import { createTables } from '../../../adapters/dynamodb/create-tables.ts';
import { s3ObjectStore } from '../../../adapters/s3/object-store.ts';
import { callerCredentials } from '../../../handlers/runtime/credentials.ts';
import { ec2Clients } from '../../../handlers/runtime/ec2-clients.ts';
import { readEventFormat } from '../../../handlers/runtime/event-format.ts';
import { readRetryPolicy } from '../../../handlers/runtime/retry-settings.ts';
import { readSettings } from '../../../handlers/runtime/settings.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { QUIET, type Telemetry } from '../../../shared/telemetry.ts';
import { deadLetterFile } from '../../../stream-consumer/dead-letter-file.ts';
import { endpointConsumers } from '../../../stream-consumer/endpoint-consumers.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import type { Env } from '../../ledger/open-ledger.ts';
import { tableNames } from '../../ledger/open-tables.ts';
import type { Console } from '../../terminal.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';

/** How the consumers are run. */
export interface ConsumeOptions {
  /** The value of `--ledger`. */
  readonly where: string;
  readonly env: Env;
  /** Whether to end when the change feed is empty. */
  readonly once: boolean;
  /** Whether to make those of the tables that are not there. */
  readonly createTables: boolean;
  /** The file that keeps what was given up, for `tagledger redrive`. */
  readonly dropped: string;
  /** Ends it, after the batch that is under way. */
  readonly signal: AbortSignal;
}

/** What was done. */
export interface Consumed {
  /** Records delivered to each consumer. */
  readonly apply: number;
  readonly project: number;
  /** Attempts that were due, and raised. */
  readonly raised: number;
  /** Records that a consumer could not handle. */
  readonly dropped: number;
}

const POLL_MS = 1_000;
const TEND_EVERY_MS = 60_000;
/** In AWS one empty turn does not mean that a feed is empty. */
const IDLE_TURNS = 2;

/**
 * Reads the change feed in place of Lambda and does what the schedule does, until it is told to end or, with `once`,
 * until the feed gave nothing twice. It may die and be started anew at any moment: cursors move after the work. Rejects
 * with the error of a service that does not answer, and with an `InvalidInputError` that names all settings that are
 * missing, or a topic that is not there. What goes wrong in the same way many times is said once a minute.
 */
export const runConsumers = async (
  { where, env, once, createTables: create, dropped: droppedFile, signal }: ConsumeOptions,
  { stderr }: Console,
): Promise<Consumed> => {
  const tables = tableNames(where, env);
  const settings = readSettings(
    env,
    ['ALERT_TOPIC_ARN'],
    ['ALERT_QUIET_MINUTES', 'TAG_CHILDREN', 'ARCHIVE_BUCKET'],
  );
  const policy = readRetryPolicy(env);
  const eventFormat = readEventFormat(env);
  // The rules are asked for by TAG_CHILDREN alone.
  const childRules = settings.TAG_RULES ? parseTagRules(settings.TAG_RULES) : undefined;
  const [dynamodb, streams] = [new DynamoDBClient(), new DynamoDBStreamsClient()];
  const [sns, cloudwatch] = [new SNSClient(), new CloudWatchClient()];
  const done = { apply: 0, project: 0, raised: 0, dropped: 0 };
  const now = () => new Date();
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) stderr(line);
    said.add(line);
  };
  const keeper = deadLetterFile(dirname(droppedFile), now, basename(droppedFile));
  const telemetry: Telemetry = {
    ...QUIET,
    error: (message, { error }) =>
      sayOnce(sanitizeTerminal(`${message}: ${error instanceof Error ? error.message : error}`)),
  };
  try {
    if (create) await createTables(dynamodb, tables, { streams: true, lookEveryMs: 100 });
    await refuseUnknownTopic(sns, settings.ALERT_TOPIC_ARN);
    const consumers = await endpointConsumers({
      dynamodb,
      streams,
      sns,
      cloudwatch,
      tables,
      topicArn: settings.ALERT_TOPIC_ARN,
      // The repeats are ours, so that they know classes and deadlines: the SDK's are off.
      ec2: ec2Clients((client) => client, { maxAttempts: 1, credentialsOf: await callerCredentials() }),
      archived: settings.ARCHIVE_BUCKET ? s3ObjectStore(new S3Client(), settings.ARCHIVE_BUCKET) : undefined,
      sleep: delay,
      telemetry,
      policy,
      eventFormat,
      childRules,
      quietMs: settings.ALERT_QUIET_MINUTES * 60_000,
      now,
      onDropped: (consumer, records, error) => {
        keeper.add(consumer, records, error);
        done.dropped += records.length;
        sayOnce(
          sanitizeTerminal(
            `${consumer} gave up records: ${error instanceof Error ? error.message : 'it reported them'}`,
          ),
        );
      },
      onTrimmed: (consumer, shardId) =>
        stderr(
          `the change feed may have forgotten records that ${consumer} has not had (${shardId}): \`tagledger rebuild --check\` shows what is missing`,
        ),
    });
    stderr(`reading the change feed of ${tables.ledger}${once ? '' : '; Ctrl-C ends it'}`);
    let tendedAt = Number.NEGATIVE_INFINITY;
    for (let idle = 0; !signal.aborted && !(once && idle === IDLE_TURNS); ) {
      const got = await consumers.feed();
      done.apply += got.apply;
      done.project += got.project;
      let busy = got.apply + got.project;
      if (Date.now() - tendedAt >= TEND_EVERY_MS) {
        tendedAt = Date.now();
        said.clear();
        const { raised } = await consumers.tend();
        done.raised += raised;
        busy += raised;
      }
      idle = busy > 0 ? 0 : idle + 1;
      if (busy > 0 && !once) stderr(`apply ${got.apply}, project ${got.project} records`);
      if (busy === 0) await delay(once ? 0 : POLL_MS, undefined, { signal }).catch(ignoreAbort);
    }
    return done;
  } finally {
    for (const client of [dynamodb, streams, sns, cloudwatch]) client.destroy();
  }
};

/** The loop sees by the signal itself that it is to end. */
const ignoreAbort = (error: unknown): void => {
  if ((error as Error).name !== 'AbortError') throw error;
};

/** A topic that is not there would hold up every failure that is to be told. */
const refuseUnknownTopic = async (sns: SNSClient, TopicArn: string): Promise<void> => {
  try {
    await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    throw new InvalidInputError(
      `got ALERT_TOPIC_ARN=${TopicArn}, which SNS does not know: create the topic, or set the ARN of another one`,
    );
  }
};
