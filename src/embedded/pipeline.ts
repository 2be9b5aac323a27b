import { join } from 'node:path';
import type { DynamoDBRecord } from 'aws-lambda';
import { filePseudonymizer } from '../adapters/kms/pseudonymizer.ts';
import { readCatalogue } from '../archive/catalogue.ts';
import { inboxNames } from '../archive/inbox.ts';
import { keepArchive } from '../archive/keep-archive.ts';
import { isCreation } from '../events/creation.ts';
import type { EventStore } from '../events/event-store.ts';
import { currentTags, fold } from '../events/resource.ts';
import { arnOf } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import type { EventFormat } from '../events/tag-event.ts';
import { apply } from '../handlers/apply/apply.ts';
import { projectConsumer } from '../handlers/project/consumer.ts';
import { closeSuppressionWindows } from '../handlers/reconcile/close-suppression-windows.ts';
import { reconcile } from '../handlers/reconcile/reconcile.ts';
import type { Consumer } from '../handlers/redrive/dead-letter.ts';
import type { RedriveDeps } from '../handlers/redrive/redrive.ts';
import { APPLIED_TYPES, type FeedBatch, type FeedConsumer } from '../handlers/runtime/feed-batch.ts';
import { NUMBERS } from '../handlers/runtime/settings.ts';
import { composeIntake } from '../intake/compose-intake.ts';
import type { Result } from '../intake/planned-write.ts';
import { StorageError } from '../shared/errors.ts';
import { QUIET, type Telemetry } from '../shared/telemetry.ts';
import { runMapping } from '../stream-consumer/event-source-mapping.ts';
import { DEFAULT_RETRY } from '../tagging/retry-policy.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import type { EmbeddedStores } from './embedded-stores.ts';
import { replayIntoEc2 } from './replay-into-ec2.ts';
import { simulatedCloudWatch } from './simulated-aws/cloudwatch.ts';
import { type Ec2CallCounts, type SimulatedEc2Options, simulatedEc2 } from './simulated-aws/ec2/ec2.ts';
import { type SentMessage, simulatedSns } from './simulated-aws/sns.ts';
import { virtualClock } from './simulated-aws/virtual-clock.ts';

/** The options of {@link localPipeline}. */
export interface PipelineOptions {
  /** The ledger's folder; in memory by default. */
  readonly folder?: string;
  readonly rules: TagRules;
  readonly taggerRoleArn?: string;
  /** Whether to attribute a role session's calls to the person who assumed the role; false by default. */
  readonly joinIdentities?: boolean;
  /**
   * Whether to record actors under pseudonyms, with the key `identity.key` in the folder. False by default,
   * and without a folder.
   */
  readonly hashIdentities?: boolean;
  /** Whether `apply` looks for children that no record names; true by default. */
  readonly tagChildren?: boolean;
  /** The format of appended events; 1 by default. */
  readonly eventFormat?: EventFormat;
  readonly now?: () => Date;
  /** The source of jitter for repeated EC2 calls; `Math.random` by default. */
  readonly random?: () => number;
  /** Faults of the simulated EC2. */
  readonly ec2?: Pick<SimulatedEc2Options, 'denied' | 'visibleAfterMs' | 'throttle' | 'createTagsBucket'>;
  /** Ids that the simulated EC2 does not know, whatever the trail contains. */
  readonly unborn?: ReadonlySet<string>;
  readonly telemetry?: Telemetry;
}

/** All of tagledger on this machine: the code that runs in Lambda, over stores and simulated services. */
export interface LocalPipeline {
  /**
   * The intake, as in the Lambda function: accepts one input or an array of them. It appends in one
   * transaction.
   */
  request(input: unknown, invocationId: string): Promise<Result[]>;
  /**
   * Runs the consumers of the change feed until it is empty, and closes suppression windows that are over, in
   * one transaction. Then brings the archive up to date.
   */
  settle(): Promise<void>;
  /**
   * {@link request} and the consumers, in one transaction. It leaves the archive behind; {@link settle} ends a
   * series of calls.
   */
  ingest(input: unknown, invocationId: string): Promise<Result[]>;
  /** Raises due attempts and settles, until none is due. */
  reconcile(): Promise<void>;
  readonly alerts: readonly SentMessage[];
  readonly ec2Calls: Ec2CallCounts;
  /** The consumers of the change feed. */
  readonly consumers: RedriveDeps['consumers'];
  /** The simulated EC2's clock in ms: `now` plus all simulated waiting. */
  readonly cloudNow: () => number;
  /** Records that their consumer could not handle in this process, each with the last error. */
  readonly dropped: readonly {
    readonly consumer: string;
    readonly records: number;
    readonly error: unknown;
  }[];
  /** What the consumers have done in this process: events that each was given, and attempts that were raised. */
  readonly done: Readonly<Record<'apply' | 'project' | 'raised', number>>;
}

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/**
 * Batches are large, because equal requests of a batch share an EC2 call, and all events of one resource
 * share one write of its row.
 */
const APPLY_BATCH = 1_000;
const PROJECT_BATCH = 3_000;
const RETRIES = 3;
const RECONCILED = 1_000;

const QUIET_MS = NUMBERS.ALERT_QUIET_MINUTES.default * 60_000;
const PERIODS_AT_ONCE = 100;

/** The time that `apply` has for one batch, as in a Lambda function of one minute. */
const INVOCATION_MS = 60_000;

/** The stores that a pipeline works on. */
export type PipelineStores = Omit<EmbeddedStores, 'database' | 'close'>;

/** Connects the handlers to the stores and the change feed of an embedded ledger. */
export const localPipeline = (stores: PipelineStores, options: PipelineOptions): LocalPipeline => {
  const { store, states, coordination, feed, deadLetters, archived, atomically } = stores;
  const {
    folder,
    rules,
    taggerRoleArn,
    joinIdentities = false,
    hashIdentities = false,
    tagChildren = true,
    unborn = new Set(),
    telemetry = QUIET,
    eventFormat = 1,
    now = () => new Date(),
  } = options;
  const ledger = { store, eventFormat, now };

  // EC2's clock skips sleeps, so that nobody waits for a simulated throttle.
  const clock = virtualClock(() => now().getTime());
  const ec2 = simulatedEc2({ ...options.ec2, now: clock.now, lookup: lookupIn(store, unborn) });
  const sns = simulatedSns({ topics: [TOPIC], now: clock.now });
  const cloudwatch = simulatedCloudWatch({ now: () => now().getTime() });
  const dropped: { consumer: string; records: number; error: unknown }[] = [];
  const onDropped = (consumer: Consumer) => (records: readonly DynamoDBRecord[], error: unknown) => {
    deadLetters.add(consumer, records, error);
    dropped.push({ consumer, records: records.length, error });
  };

  const applying = apply({
    ledger,
    ec2: ec2.client,
    sleep: clock.sleep,
    telemetry,
    childRules: tagChildren ? rules : undefined,
    ...(options.random && { random: options.random }),
  });
  const telling = { coordination, sns, topicArn: TOPIC, now, telemetry, quietMs: QUIET_MS };
  const projecting = projectConsumer({ ...telling, store, eventFormat, states, archived, cloudwatch });
  const reconciling = reconcile({ ledger, states, policy: DEFAULT_RETRY, limit: RECONCILED, telemetry });
  const requesting = composeIntake(
    {
      // The simulated EC2 knows of a launch what its record says, and nothing that was left out of that.
      RECOVER_OMITTED: false,
      IDENTITY_JOIN: joinIdentities,
      HASH_IDENTITIES: hashIdentities && folder !== undefined,
    },
    {
      ledger,
      rules,
      telemetry,
      ...(taggerRoleArn && { taggerRoleArn }),
      coordination: () => coordination,
      openPseudonymizer: () => filePseudonymizer(join(folder ?? '', 'identity.key')),
    },
  )();

  const done = { apply: 0, project: 0, raised: 0 };
  const withinInvocation = (consumer: FeedConsumer) => (batch: FeedBatch) => {
    const end = clock.now() + INVOCATION_MS;
    return consumer(batch, { remainingMs: () => end - clock.now() });
  };

  /** Runs the consumers. */
  const deliver = async (): Promise<void> => {
    done.apply += await runMapping(feed, {
      name: 'apply',
      consumer: withinInvocation(applying),
      batchSize: APPLY_BATCH,
      maxRetries: RETRIES,
      types: APPLIED_TYPES,
      onDropped: onDropped('apply'),
    });
    done.project += await runMapping(feed, {
      name: 'project',
      consumer: withinInvocation(projecting),
      batchSize: PROJECT_BATCH,
      maxRetries: RETRIES,
      onDropped: onDropped('project'),
    });
    await closeSuppressionWindows({ ...telling, limit: PERIODS_AT_ONCE });
  };
  /**
   * In AWS a schedule does this. Here it follows a transaction, because an archive must not hold an event that
   * is rolled back. A ledger that has no archive gets one when it is first acted on.
   */
  const updateArchive = async (): Promise<void> => {
    if (archived && ((await inboxNames(archived)).length > 0 || !(await readCatalogue(archived))))
      await keepArchive({ objects: archived, store, now });
  };
  const takeIn = async (input: unknown, invocationId: string): Promise<Result[]> => {
    const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
    for (const one of inputs) await replayIntoEc2(ec2, one, unborn);
    return requesting(input, invocationId);
  };
  /** Takes an input in, and does what follows, in one transaction. */
  const takeInWith =
    (andThen: () => Promise<void>) =>
    async (input: unknown, invocationId: string): Promise<Result[]> => {
      const taken = await atomically(async () => {
        const outcome = await outcomeOf(takeIn(input, invocationId));
        await andThen();
        return outcome;
      });
      return taken();
    };
  const settle = async (): Promise<void> => {
    await atomically(deliver);
    await updateArchive();
  };

  return {
    alerts: sns.messages,
    ec2Calls: ec2.calls,
    cloudNow: clock.now,
    dropped,
    done,
    consumers: { apply: applying, project: projecting },
    request: takeInWith(async () => {}),
    ingest: takeInWith(deliver),
    settle,

    async reconcile() {
      for (;;) {
        const { raised } = await reconciling(() => INVOCATION_MS);
        if (raised === 0) return;
        done.raised += raised;
        await settle();
      }
    },
  };
};

/**
 * Returns a function that returns the result of `work` or throws its error, for use after the transaction: an
 * input that is refused does not undo the transaction, because what was appended for it before stays valid. A
 * failure of the storage does.
 */
const outcomeOf = async <T>(work: Promise<T>): Promise<() => T> => {
  try {
    const done = await work;
    return () => done;
  } catch (error) {
    if (error instanceof StorageError) throw error;
    return () => {
      throw error;
    };
  }
};

/**
 * The lookup of the simulated EC2 after a restart: the resources whose creation the ledger recorded, with
 * their tags.
 */
const lookupIn =
  (store: EventStore, unborn: ReadonlySet<string>) => async (account: string, region: string, id: string) => {
    const type = resourceTypeOf(id);
    if (!type || unborn.has(id)) return undefined;
    const events = await store.read(arnOf({ account, region, type, id }));
    const resource = fold(events);
    if (!resource.born || resource.retired) return undefined;
    const by = events.map(({ event }) => event).find(isCreation)?.cause.name;
    const madeAt = Date.parse(resource.born.at);
    return { type, tags: currentTags(resource), madeAt, ...(by && { by }) };
  };
