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
import { type FeedConsumer, type FeedEvent, mayBeUpgraded } from '../runtime/feed-batch.ts';
import type { Quarantined } from './quarantine.ts';

/** The dependencies of {@link project}. */
export interface ProjectDeps {
  readonly store: EventStore;
  readonly states: StateStore;
  readonly setAside: Quarantined;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

const STREAMS_AT_ONCE = 16;

/**
 * The change feed consumer that keeps the current state of each resource, with at most one write per resource
 * and batch. A row applies the next events, skips old ones, and is rebuilt from the stream if one is missing,
 * so records can arrive late, twice and in any order. An unreadable event is quarantined together with the
 * events that depend on it; its resource keeps its row. An event that a newer version wrote recently is
 * redelivered instead. The ledger's own streams have no row.
 */
export const project =
  (deps: ProjectDeps): FeedConsumer =>
  async ({ events, unreadable }) => {
    const { telemetry } = deps;
    for (const { error } of unreadable) telemetry.error('unreadable record in the change feed', { error });
    const { saved, retry, poison } = await projectStreams(deps, events);
    telemetry.count('RowsProjected', saved);
    telemetry.info('states projected', {
      rows: saved,
      ...correlationIdsOf(events.map(({ recorded }) => recorded.event)),
    });
    const all = [...unreadable.map(({ position, error }) => ({ error, positions: [position] })), ...poison];
    telemetry.count('UnreadableRecords', all.flatMap(({ positions }) => positions).length);
    return new Set([...retry, ...(await quarantined(deps, all))]);
  };

/** An unreadable event and the positions of the records that depend on it. */
interface Poison {
  readonly error: UnreadableEventError;
  readonly positions: readonly number[];
}

/** Updates the rows of the events' resources. Resolves to the number of rows written, and to what failed. */
const projectStreams = async ({ store, states, telemetry }: ProjectDeps, events: readonly FeedEvent[]) => {
  const ofResources = events.filter(({ recorded }) => !isLedgerStream(recorded.stream));
  const streams = groupBy(ofResources, ({ recorded }) => recorded.stream);
  const rows = await currentRows(states, streams);
  const retry: number[] = [];
  const poison: Poison[] = [];
  let saved = 0;
  await pMap(
    streams,
    async ([stream, group]) => {
      const row = rows.get(stream) ?? UNKNOWN;
      try {
        const resource = await advance(store, stream, row, group);
        if (resource === row) return;
        await states.save(rowOf(stream, resource));
        saved += 1;
      } catch (error) {
        telemetry.error('a resource could not be projected', { error, stream });
        const positions = group.map(({ position }) => position);
        if (error instanceof UnreadableEventError) poison.push({ error, positions });
        else retry.push(...positions);
      }
    },
    { concurrency: STREAMS_AT_ONCE },
  );
  return { saved, retry, poison };
};

/**
 * Quarantines unreadable events. Resolves to the positions of events that a newer version may soon read, and
 * of those that could not be quarantined.
 */
const quarantined = async (
  { setAside, now }: Pick<ProjectDeps, 'setAside' | 'now'>,
  poison: readonly Poison[],
): Promise<number[]> => {
  const newer = new Set(poison.filter(({ error }) => mayBeUpgraded(error, now())));
  const damaged = poison.filter((one) => !newer.has(one));
  const untold = await setAside(damaged.map(({ error }) => error));
  return [...newer, ...damaged.filter(({ error }) => untold.has(error))].flatMap((one) => one.positions);
};

/**
 * Reads the rows that the batch builds on. A stream whose first event is in the batch needs none, which saves
 * a read.
 */
const currentRows = async (
  states: StateStore,
  streams: ReadonlyMap<ResourceArn, readonly FeedEvent[]>,
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
  group: readonly FeedEvent[],
): Promise<Resource> => {
  let resource = row;
  for (const recorded of bySeq(group)) {
    if (recorded.seq <= resource.lastSeq) continue;
    if (recorded.seq > resource.lastSeq + 1) return fold(await store.read(stream));
    resource = evolve(resource, recorded);
  }
  return resource;
};

const bySeq = (group: readonly FeedEvent[]): RecordedEvent[] =>
  group.map(({ recorded }) => recorded).sort((a, b) => a.seq - b.seq);
