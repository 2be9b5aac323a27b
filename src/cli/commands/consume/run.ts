import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, NotFoundException, SNSClient } from '@aws-sdk/client-sns';
import { createTables } from '../../../adapters/dynamodb/create-tables.ts';
import { s3ObjectStore } from '../../../adapters/s3/object-store.ts';
import { ec2Clients } from '../../../handlers/runtime/ec2-clients.ts';
import { readEventFormat } from '../../../handlers/runtime/event-format.ts';
import { readRetryPolicy } from '../../../handlers/runtime/retry-settings.ts';
import { type Env, readSettings } from '../../../handlers/runtime/settings.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { QUIET, type Telemetry } from '../../../shared/telemetry.ts';
import { deadLetterFile } from '../../../stream-consumer/dead-letter-file.ts';
import {
  type EndpointConsumers,
  type EndpointOptions,
  endpointConsumers,
} from '../../../stream-consumer/endpoint-consumers.ts';
import { callerCredentials } from '../../../tagging/ec2/credentials.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import { tableNames } from '../../ledger/open-tables.ts';
import type { Console } from '../../terminal.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';

/** The options for running the consumers. */
export interface ConsumeOptions {
  /** The value of `--ledger`. */
  readonly where: string;
  readonly env: Env;
  /** Whether to stop once the change feed is empty. */
  readonly once: boolean;
  /** Whether to create missing tables. */
  readonly createTables: boolean;
  /** The file that receives records that were given up, for `tagledger redrive`. */
  readonly dropped: string;
  /** Stops the run after the current batch. */
  readonly signal: AbortSignal;
}

/** The work that was done. */
export interface Consumed {
  /** The number of records delivered to each consumer. */
  readonly apply: number;
  readonly project: number;
  /** The number of due attempts that were started. */
  readonly raised: number;
  /** The number of records that a consumer could not handle. */
  readonly dropped: number;
}

const POLL_MS = 1_000;
const TEND_EVERY_MS = 60_000;
/** In AWS, one empty read does not mean that the feed is empty. */
const IDLE_TURNS = 2;

/**
 * Reads the change feed in place of Lambda and runs the scheduled work until it is stopped or, with `once`,
 * until the feed was empty twice in a row. It can crash and restart at any moment, because cursors move after
 * the work. Rejects with the error of a service that does not answer, and with an `InvalidInputError` that
 * names all missing settings or a missing topic. A repeated error is reported once a minute.
 */
export const runConsumers = async (
  options: ConsumeOptions,
  { stderr, progress }: Pick<Console, 'stderr' | 'progress'>,
): Promise<Consumed> => {
  const { archiveBucket, ...settings } = readConsumeSettings(options);
  const clients = awsClients();
  const messages = repeatedMessages(stderr);
  const drops = keepDropped(options.dropped, messages.say);
  try {
    if (options.createTables) {
      await createTables(clients.dynamodb, settings.tables, 100);
    }
    await refuseUnknownTopic(clients.sns, settings.topicArn);
    const consumers = await endpointConsumers({
      ...settings,
      ...clients,
      // The SDK's retries are off. Ours know failure classes and deadlines.
      ec2: ec2Clients((client) => client, { maxAttempts: 1, credentialsOf: await callerCredentials() }),
      archived: archiveBucket ? s3ObjectStore(new S3Client(), archiveBucket) : undefined,
      sleep: delay,
      telemetry: errorsTo(messages.say),
      now,
      onDropped: drops.add,
      onTrimmed: (consumer, shardId) => stderr(trimmedText(consumer, shardId)),
    });
    stderr(`reading the change feed of ${settings.tables.ledger}${options.once ? '' : '; Ctrl-C ends it'}`);
    const done = await consume(consumers, options, { stderr, progress, forget: messages.forget });
    return { ...done, dropped: drops.count() };
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
};

const now = () => new Date();

/**
 * Reads the settings from the environment and `--ledger`. Throws an `InvalidInputError` that names everything
 * missing or invalid.
 */
const readConsumeSettings = ({ where, env }: Pick<ConsumeOptions, 'where' | 'env'>) => {
  const tables = tableNames(where, env);
  const settings = readSettings(
    env,
    ['ALERT_TOPIC_ARN'],
    ['ALERT_QUIET_MINUTES', 'TAG_CHILDREN', 'ARCHIVE_BUCKET'],
  );
  return {
    tables,
    topicArn: settings.ALERT_TOPIC_ARN,
    quietMs: settings.ALERT_QUIET_MINUTES * 60_000,
    archiveBucket: settings.ARCHIVE_BUCKET,
    policy: readRetryPolicy(env),
    eventFormat: readEventFormat(env),
    // Only TAG_CHILDREN needs the rules.
    childRules: settings.TAG_RULES ? parseTagRules(settings.TAG_RULES) : undefined,
  };
};

const awsClients = () => ({
  dynamodb: new DynamoDBClient(),
  streams: new DynamoDBStreamsClient(),
  sns: new SNSClient(),
  cloudwatch: new CloudWatchClient(),
});

/** Writes each distinct message once, until `forget` is called. */
const repeatedMessages = (stderr: (line: string) => void) => {
  const said = new Set<string>();
  return {
    say: (text: string): void => {
      const line = sanitizeTerminal(text);
      if (!said.has(line)) stderr(line);
      said.add(line);
    },
    forget: (): void => said.clear(),
  };
};

const errorsTo = (say: (text: string) => void): Telemetry => ({
  ...QUIET,
  error: (message, { error }) => say(`${message}: ${error instanceof Error ? error.message : error}`),
});

/** Keeps the records that consumers gave up in a file, reports them and counts them. */
const keepDropped = (file: string, say: (text: string) => void) => {
  const kept = deadLetterFile(file, now);
  let count = 0;
  const add: EndpointOptions['onDropped'] = (consumer, records, error) => {
    kept.add(consumer, records, error);
    count += records.length;
    say(`${consumer} gave up records: ${error instanceof Error ? error.message : 'it reported them'}`);
  };
  return { add, count: () => count };
};

const trimmedText = (consumer: string, shardId: string): string =>
  `the change feed may have forgotten records that ${consumer} has not had (${shardId}): \`tagledger rebuild --check\` shows what is missing`;

/**
 * Feeds the consumers and runs the scheduled work once a minute, until the signal aborts or `once` is done.
 */
const consume = async (
  consumers: EndpointConsumers,
  { once, signal }: Pick<ConsumeOptions, 'once' | 'signal'>,
  { stderr, progress, forget }: Pick<Console, 'stderr' | 'progress'> & { readonly forget: () => void },
): Promise<Omit<Consumed, 'dropped'>> => {
  const done = { apply: 0, project: 0, raised: 0 };
  const tend = atIntervals(TEND_EVERY_MS, async () => {
    forget();
    return (await consumers.tend()).raised;
  });
  for (let idle = 0; !signal.aborted && !(once && idle === IDLE_TURNS); ) {
    const { apply, project } = await consumers.feed();
    const raised = await tend();
    done.apply += apply;
    done.project += project;
    done.raised += raised;
    const isIdle = apply + project + raised === 0;
    idle = isIdle ? idle + 1 : 0;
    if (once) progress(done.apply + done.project, undefined, 'records');
    if (!isIdle && !once) stderr(`apply ${apply}, project ${project} records`);
    if (isIdle) await delay(once ? 0 : POLL_MS, undefined, { signal }).catch(ignoreAbort);
  }
  return done;
};

/**
 * Runs `act` on the first call, and again when at least `ms` have passed since the last run. Returns 0 in
 * between.
 */
const atIntervals = (ms: number, act: () => Promise<number>): (() => Promise<number>) => {
  let actedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (Date.now() - actedAt < ms) return 0;
    actedAt = Date.now();
    return act();
  };
};

/** The loop checks the signal itself, so an abort is not an error. */
const ignoreAbort = (error: unknown): void => {
  if ((error as Error).name !== 'AbortError') throw error;
};

/**
 * Fails early, because with a missing topic no failure could be published and all of them would be held up.
 */
const refuseUnknownTopic = async (sns: SNSClient, TopicArn: string): Promise<void> => {
  try {
    await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    throw new InvalidInputError(
      `SNS does not know the topic ${TopicArn}. Create it, or set ALERT_TOPIC_ARN to another one.`,
    );
  }
};
