import { JOINED_WITHIN_MS } from '../events/fold/join-acts.ts';
import type { Moment } from '../projections/resource-at.ts';
import { END_OF_TIME } from '../shared/time.ts';
import type { Catalogue, Segment, Snapshot } from './catalogue.ts';
import { PARTIAL_STATE_VERSION } from './pack-partial-state.ts';

/** What a question reads: a snapshot, and the segments that may hold events that are not in it. */
export interface ReadingPlan {
  readonly snapshot?: Snapshot;
  readonly segments: readonly Segment[];
}

/**
 * Finds the cheapest way to answer a question. A snapshot is usable if it is of the present version and all of
 * its events count at the moment.
 * Every other event that counts, or that may be joined with one that does, is in one of the segments; these may
 * repeat events of the snapshot, which changes nothing.
 */
export const planReading = ({ segments, snapshots }: Catalogue, moment: Moment): ReadingPlan => {
  const near = segmentsNear(segments, moment);
  let best: ReadingPlan = { segments: near };
  let least = eventsIn(near);
  for (const snapshot of snapshots) {
    if (snapshot.fold !== PARTIAL_STATE_VERSION) continue;
    if (snapshot.asOf > moment.asOf || snapshot.knownAt > moment.knownAt) continue;
    const beside = besideOf(near, snapshot);
    // A snapshot never has more rows than the events it replaces, so it is cheaper as soon as it saves
    // reading any.
    const cost = eventsIn(beside);
    if (cost >= least) continue;
    best = { snapshot, segments: beside };
    least = cost;
  }
  return best;
};

/** What a question for a snapshot's own moment reads if it uses the snapshot, whatever that costs. */
export const planWith = (segments: readonly Segment[], snapshot: Snapshot): ReadingPlan => ({
  snapshot,
  segments: besideOf(segmentsNear(segments, snapshot), snapshot),
});

/** The segments that may hold an event that counts at a moment, or that may be joined with one that does. */
const segmentsNear = (segments: readonly Segment[], moment: Moment): Segment[] => {
  const until = joinedUntil(moment);
  return segments.filter(({ recorded, effective }) => recorded[0] <= moment.knownAt && effective[0] <= until);
};

const besideOf = (segments: readonly Segment[], snapshot: Snapshot): Segment[] =>
  segments.filter((segment) => !isWithin(segment, snapshot));

/** The last moment at which an event takes effect that the fold may join with one that counts. */
export const joinedUntil = ({ asOf }: Moment): string =>
  new Date(Math.min(Date.parse(asOf) + JOINED_WITHIN_MS - 1, Date.parse(END_OF_TIME))).toISOString();

/** How many events the segments hold. */
export const eventsIn = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { events }) => sum + events, 0);

/** Whether a snapshot contains every event of a segment. */
const isWithin = (
  { added, recorded, effective }: Segment,
  snapshot: Omit<Snapshot, 'id' | 'rows' | 'shards'>,
): boolean => added <= snapshot.covers && recorded[1] <= snapshot.knownAt && effective[1] <= snapshot.asOf;

/** When a snapshot is due. */
export interface SnapshotPolicy {
  /** How many events per resource of the fleet a snapshot must save a question from reading. */
  readonly share: number;
  /** The fewest events that it must save, however small the fleet is. */
  readonly least: number;
}

/**
 * With a quarter, all snapshots together hold four rows per event, and a question reads at most a quarter
 * more than a snapshot. docs/decisions/0017-the-archive.md has the costs of smaller and larger shares.
 */
const DEFAULT_SNAPSHOTS: SnapshotPolicy = { share: 0.25, least: 5_000 };

/**
 * The first moment at which a snapshot would save enough reading, given what is known now; undefined when
 * there is none. Such a moment is the end of a new segment, or that of an older snapshot that lacks too many
 * late events. Segments recorded after `now`, by a clock that runs ahead, are left for later.
 */
export const dueSnapshot = (
  catalogue: Catalogue,
  now: string,
  { share, least }: SnapshotPolicy = DEFAULT_SNAPSHOTS,
): Moment | undefined => {
  const { segments, snapshots, step } = catalogue;
  const known = segments.filter(({ recorded }) => recorded[1] <= now);
  const knownAt = known.reduce((latest, { recorded }) => (recorded[1] > latest ? recorded[1] : latest), '');
  const ends = known
    .filter(
      (segment) => !snapshots.some((one) => one.fold === PARTIAL_STATE_VERSION && isWithin(segment, one)),
    )
    .map(({ effective }) => effective[1]);
  return [...new Set([...ends, ...snapshots.map(({ asOf }) => asOf)])]
    .sort()
    .map((asOf) => ({ asOf, knownAt }))
    .find((moment) => {
      const plan = planReading(catalogue, moment);
      const spared = plan.segments.filter((segment) => isWithin(segment, { ...moment, covers: step }));
      return eventsIn(spared) >= Math.max(least, share * (plan.snapshot?.rows ?? 0));
    });
};
