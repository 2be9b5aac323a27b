import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import type { FeedBatch, FeedEvent } from '../../src/handlers/runtime/feed-batch.ts';
import { type CursoredFeed, runMapping } from '../../src/stream-consumer/event-source-mapping.ts';
import { lambdaRecord } from '../support/lambda-records.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** A function behind the table's stream. */
export interface Consumer {
  readonly name: string;
  readonly types?: readonly TagEvent['type'][];
  readonly invoke: (batch: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
}

/** The table's stream and what reads it. */
export interface Consumers {
  /** A new item of the table. */
  readonly publish: (recorded: RecordedEvent) => void;
  /**
   * Hands `project` what it has lost without a trace, as an operator has it redriven from the ledger. What `apply` has
   * lost, `reconcile` must find.
   */
  readonly redriveLost: () => void;
}

interface World {
  readonly time: Scheduler;
  readonly dice: Chance;
  readonly faults: Faults;
}

/** DynamoDB Streams keeps records for 24 hours. */
const KEPT_MS = 24 * 3600_000;
const HOUR_MS = 3600_000;
/** How long records are collected for a batch, at most. */
const WINDOW_MS = 2 * 60_000;
const BATCH = 20;
const RETRIES = 4;

/**
 * Delivers records to each consumer as DynamoDB Streams and Lambda do: in no order, at least once, sometimes hours
 * late, in batches by the product's own event source mapping. What a consumer could not handle goes to its failure
 * destination, and is redriven some hours later. Worse than AWS, a few records never come at all.
 */
export const consumers = (world: World, all: readonly Consumer[]): Consumers => {
  const readers = all.map((consumer) => reader(world, consumer));
  return {
    publish: (recorded) => {
      for (const { publish } of readers) publish(recorded);
    },
    redriveLost: () => {
      all.forEach(({ name }, i) => {
        if (name === 'project') readers[i]?.redriveLost();
      });
    },
  };
};

interface Arrived extends FeedEvent {
  readonly at: number;
}

/**
 * One invocation of a consumer as a Lambda function: the batch goes to it through Lambda's JSON, and its answer back, so
 * that mistakes at that edge show. Gives the positions to retry.
 */
const throughLambda =
  (invoke: Consumer['invoke']) =>
  async ({ events }: FeedBatch): Promise<ReadonlySet<number>> => {
    const Records = events.map(({ recorded, position }) => lambdaRecord(recorded, position));
    const { batchItemFailures } = await invoke(JSON.parse(JSON.stringify({ Records })));
    const numbers = Records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
    // An identifier that is not of the batch fails all of it, as in Lambda.
    return new Set(
      batchItemFailures.map(({ itemIdentifier }) => events[numbers.indexOf(itemIdentifier)]?.position ?? -1),
    );
  };

const reader = ({ time, dice, faults }: World, { name, types, invoke }: Consumer): Consumers => {
  let arrived: Arrived[] = [];
  let position = 0;
  const lost = new Set<RecordedEvent>();
  let isRunning = false;
  let downUntil = Number.NEGATIVE_INFINITY;

  const feed: CursoredFeed = {
    read: async () => {
      const isKept = ({ at }: Arrived) => time.now() - at < KEPT_MS;
      for (const entry of arrived) if (!isKept(entry)) lost.add(entry.recorded);
      arrived = arrived.filter(isKept);
      const entries = arrived.slice(0, 1 + dice.below(BATCH));
      return entries.length > 0 ? { entries, next: (entries.at(-1) as Arrived).position + 1 } : undefined;
    },
    commit: (_, next) => {
      arrived = arrived.filter((entry) => entry.position >= next);
    },
  };

  const pump = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    if (faults.strikes('consumer down for more than a day', name)) downUntil = time.now() + 25 * HOUR_MS;
    await time.pause(Math.max(downUntil - time.now(), dice.between(0, WINDOW_MS)));
    await runMapping(feed, {
      name,
      consumer: throughLambda(invoke),
      batchSize: BATCH,
      maxRetries: RETRIES,
      ...(types && { types }),
      onDropped: (records) => {
        const places = new Set(records.map(({ eventID }) => eventID));
        for (const entry of arrived) if (places.has(String(entry.position))) redrive(entry.recorded);
      },
    });
    isRunning = false;
    if (arrived.length > 0) void pump();
  };

  const arrive = (recorded: RecordedEvent, delay: number): void =>
    time.at(time.now() + delay, () => {
      arrived.push({ position: position++, recorded, at: time.now() });
      void pump();
    });

  const redrive = (recorded: RecordedEvent): void => arrive(recorded, dice.between(1, 6) * HOUR_MS);

  const publish = (recorded: RecordedEvent): void => {
    const where = `${name}: ${recorded.event.type} ${recorded.seq} of ${recorded.stream}`;
    if (faults.strikes('record lost without a trace', where)) {
      lost.add(recorded);
      return;
    }
    if (faults.strikes('record dropped', where)) {
      redrive(recorded);
      return;
    }
    const isLate = faults.strikes('record delayed for hours', where);
    arrive(recorded, isLate ? dice.between(1, 20) * HOUR_MS : dice.between(50, 3_000));
    if (faults.strikes('record repeated', where))
      arrive(recorded, dice.between(0, 30) * HOUR_MS * dice.next());
  };
  const redriveLost = (): void => {
    for (const recorded of lost) arrive(recorded, 0);
    lost.clear();
  };
  return { publish, redriveLost };
};
