import { join } from 'node:path';
import type { DynamoDBRecord } from 'aws-lambda';
import { filePseudonymizer } from '../adapters/kms/pseudonymizer.ts';
import { isCreation } from '../events/creation.ts';
import type { EventStore } from '../events/event-store.ts';
import { currentTags, fold } from '../events/resource.ts';
import { arnOf } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import { apply } from '../handlers/apply/apply.ts';
import { projectConsumer } from '../handlers/project/consumer.ts';
import { closeSuppressionWindows } from '../handlers/reconcile/close-suppression-windows.ts';
import { reconcile } from '../handlers/reconcile/reconcile.ts';
import type { Consumer } from '../handlers/redrive/dead-letter.ts';
import { APPLIED_TYPES, type FeedBatch, type FeedConsumer } from '../handlers/runtime/feed-batch.ts';
import { NUMBERS } from '../handlers/runtime/settings.ts';
import { composeIntake } from '../intake/compose-intake.ts';
import type { Result } from '../intake/planned-write.ts';
import { QUIET, type Telemetry } from '../shared/telemetry.ts';
import { runMapping } from '../stream-consumer/event-source-mapping.ts';
import { DEFAULT_RETRY } from '../tagging/retry-policy.ts';
import type { TagRules } from '../tagging/rules/tag-rules.ts';
import { entrancesOf, type LedgerPipeline, type PipelineStores } from './ledger-pipeline.ts';
import { replayIntoEc2 } from './replay-into-ec2.ts';
import { simulatedCloudWatch } from './simulated-aws/cloudwatch.ts';
import { type Ec2CallCounts, type SimulatedEc2Options, simulatedEc2 } from './simulated-aws/ec2/ec2.ts';
import { simulatedSns, TOPIC } from './simulated-aws/sns.ts';
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
  readonly now?: () => Date;
  /** The source of jitter for repeated EC2 calls; `Math.random` by default. */
  readonly random?: () => number;
  /** Faults of the simulated EC2. */
  readonly ec2?: Pick<SimulatedEc2Options, 'denied' | 'visibleAfterMs' | 'throttle' | 'createTagsBucket'>;
  /** Ids that the simulated EC2 does not know, whatever the trail contains. */
  readonly unborn?: ReadonlySet<string>;
  readonly telemetry?: Telemetry;
  /** Whether events say that they rest on the simulation; false only to measure what a ledger in AWS writes. */
  readonly isMarked?: boolean;
}

/** All of tagledger on this machine: the code that runs in Lambda, over stores and simulated services. */
export interface LocalPipeline extends LedgerPipeline {
  readonly ec2Calls: Ec2CallCounts;
  /** The simulated EC2's clock in ms: `now` plus all simulated waiting. */
  readonly cloudNow: () => number;
}

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

/**
 * Connects the handlers to the stores and the change feed of a simulated ledger. Events that rest on the simulation
 * say so, which takes format 2.
 */
export const localPipeline = (stores: PipelineStores, options: PipelineOptions): LocalPipeline => {
  const { store, states, coordination, feed, deadLetters, archived } = stores;
  const {
    folder,
    rules,
    taggerRoleArn,
    joinIdentities = false,
    hashIdentities = false,
    tagChildren = true,
    unborn = new Set(),
    telemetry = QUIET,
    isMarked = true,
    now = () => new Date(),
  } = options;
  const eventFormat = 2;
  const ledger = { store, eventFormat, now } as const;
  /** The ledger of those who act on what the simulated EC2 told them. */
  const simulated = { ...ledger, isSimulated: isMarked } as const;

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
    ledger: simulated,
    ec2: ec2.client,
    sleep: clock.sleep,
    telemetry,
    childRules: tagChildren ? rules : undefined,
    ...(options.random && { random: options.random }),
  });
  const telling = { coordination, sns, topicArn: TOPIC, now, telemetry, quietMs: QUIET_MS };
  const projecting = projectConsumer({ ...telling, store, eventFormat, states, archived, cloudwatch });
  const reconciling = reconcile({
    ledger: simulated,
    states,
    policy: DEFAULT_RETRY,
    limit: RECONCILED,
    telemetry,
  });
  const requesting = composeIntake(
    {
      RECORD_ALL: true,
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
  const takeIn = async (input: unknown, invocationId: string): Promise<Result[]> => {
    const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
    for (const one of inputs) await replayIntoEc2(ec2, one, unborn);
    return requesting(input, invocationId);
  };
  const { settle, ...entrances } = entrancesOf(stores, { takeIn, deliver, now });

  return {
    mode: 'simulated',
    eventFormat,
    ...entrances,
    settle,
    alerts: sns.messages,
    ec2Calls: ec2.calls,
    cloudNow: clock.now,
    dropped,
    done,
    consumers: { apply: applying, project: projecting },
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
