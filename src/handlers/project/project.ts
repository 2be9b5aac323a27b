import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import type { EventStore } from '../../events/event-store.ts';
import { isLedgerStream } from '../../events/ledger-stream.ts';
import { type RecordedEvent, UnreadableEventError } from '../../events/recorded-event.ts';
import { evolve, fold, type Resource, UNKNOWN } from '../../events/resource.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { correlationIdsOf } from '../../intake/correlation-ids.ts';
import { rowOf } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type Arrival, batchResponse, mayBeUpgraded, readBatch } from '../runtime/feed-batch.ts';
import type { Quarantined } from './quarantine.ts';

/** What `project` needs from outside. */
export interface ProjectDeps {
  readonly store: EventStore;
  readonly states: StateStore;
  readonly setAside: Quarantined;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

const STREAMS_AT_ONCE = 16;

/**
 * The handler behind the change feed that keeps the current state of each resource: one write for each resource
 * of a batch, however many events it has there. A row takes the next events, skips old ones, and reads the
 * stream when one is missing, so records may come late, twice and in any order. An event that cannot be read is set
 * aside, and so is what stands on it: its resource keeps the row that it has. What a newer version wrote a moment ago comes
 * again instead. The ledger's own streams have no row.
 */
export const project =
  ({ store, states, setAside, now, telemetry }: ProjectDeps) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { arrivals, unreadable } = readBatch(Records);
    const failed = new Set<number>();
    const poison = new Map(unreadable.map(({ index, error }) => [error, [index]]));
    for (const { error } of unreadable) telemetry.error('unreadable record in the change feed', { error });

    const ofResources = arrivals.filter(({ recorded }) => !isLedgerStream(recorded.stream));
    const streams = groupBy(ofResources, ({ recorded }) => recorded.stream);
    let saved = 0;
    const rows = await currentRows(states, streams);
    await pMap(
      streams,
      async ([stream, group]) => {
        const row = rows.get(stream) ?? UNKNOWN;
        const indexes = group.map(({ index }) => index);
        try {
          const resource = await advance(store, stream, row, group);
          if (resource === row) return;
          await states.save(rowOf(stream, resource));
          saved += 1;
        } catch (error) {
          telemetry.error('a resource could not be projected', { error, stream });
          if (error instanceof UnreadableEventError) poison.set(error, indexes);
          else for (const index of indexes) failed.add(index);
        }
      },
      { concurrency: STREAMS_AT_ONCE },
    );
    telemetry.count('RowsProjected', saved);
    telemetry.info('states projected', {
      rows: saved,
      ...correlationIdsOf(arrivals.map(({ recorded }) => recorded.event)),
    });
    telemetry.count('UnreadableRecords', [...poison.values()].flat().length);
    const errors = [...poison.keys()];
    const newer = new Set(errors.filter((error) => mayBeUpgraded(error, now())));
    const untold = await setAside(errors.filter((error) => !newer.has(error)));
    for (const error of [...newer, ...untold]) {
      for (const index of poison.get(error) ?? []) failed.add(index);
    }
    return batchResponse(Records, failed);
  };

/** The rows that the batch builds on. A stream whose first event is in the batch needs none, which saves the read. */
const currentRows = async (
  states: StateStore,
  streams: ReadonlyMap<ResourceArn, readonly Arrival[]>,
): Promise<Map<ResourceArn, Resource>> => {
  const begun = [...streams]
    .filter(([, group]) => !group.some(({ recorded }) => recorded.seq === 1))
    .map(([stream]) => stream);
  return new Map((await states.get(begun)).map(({ arn, resource }) => [arn, resource]));
};

const advance = async (
  store: EventStore,
  stream: ResourceArn,
  row: Resource,
  group: readonly Arrival[],
): Promise<Resource> => {
  let resource = row;
  for (const recorded of bySeq(group)) {
    if (recorded.seq <= resource.lastSeq) continue;
    if (recorded.seq > resource.lastSeq + 1) return fold(await store.read(stream));
    resource = evolve(resource, recorded);
  }
  return resource;
};

const bySeq = (group: readonly Arrival[]): RecordedEvent[] =>
  group.map(({ recorded }) => recorded).sort((a, b) => a.seq - b.seq);
