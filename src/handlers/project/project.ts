import pMap from 'p-map';
import { continueFold } from '../../events/continue-fold.ts';
import type { EventStore } from '../../events/event-store.ts';
import { isLedgerStream } from '../../events/ledger-stream.ts';
import { UnreadableEventError } from '../../events/recorded-event.ts';
import { fold, type Resource } from '../../events/resource.ts';
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
 * and batch. A row is always the fold of its whole stream, and an older one is never saved over a newer one, so
 * records can arrive late, twice and in any order. An unreadable event is quarantined together with the
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
const projectStreams = async (deps: ProjectDeps, events: readonly FeedEvent[]) => {
  const { states, telemetry } = deps;
  const ofResources = events.filter(({ recorded }) => !isLedgerStream(recorded.stream));
  const streams = groupBy(ofResources, ({ recorded }) => recorded.stream);
  const retry: number[] = [];
  const poison: Poison[] = [];
  let saved = 0;
  await pMap(
    streams,
    async ([stream, group]) => {
      try {
        const resource = await foldOf(deps, stream, group);
        if (!resource) return;
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
 * The fold of a stream, at least up to the last event of the batch. A batch that has all events needs no read, which is so
 * for nearly every new resource. Otherwise the row is continued, if that is sound. If not, the stream is read: what one
 * more event changes may depend on all others, because they are sorted by time. Undefined if the row is as new already.
 */
const foldOf = async (
  { store, states, telemetry }: ProjectDeps,
  stream: ResourceArn,
  group: readonly FeedEvent[],
): Promise<Resource | undefined> => {
  const bySeq = new Map(group.map(({ recorded }) => [recorded.seq, recorded]));
  const events = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  if (events.every(({ seq }, i) => seq === i + 1)) return fold(events);
  const row = await readable(states, stream, telemetry);
  if (!row) return fold(await store.read(stream));
  const fresh = events.filter(({ seq }) => seq > row.lastSeq);
  if (fresh.length === 0) return undefined;
  return continueFold(row, fresh) ?? fold(await store.read(stream));
};

/** The state in a row. One that cannot be read is made anew, like one that is not there. */
const readable = async (
  states: ProjectDeps['states'],
  stream: ResourceArn,
  telemetry: Telemetry,
): Promise<Resource | undefined> => {
  try {
    return (await states.get([stream]))[0]?.resource;
  } catch (error) {
    telemetry.error('a state row could not be read', { error, stream });
    return undefined;
  }
};
