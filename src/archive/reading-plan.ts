import type { Moment } from '../projections/resource-at.ts';
import type { Catalogue, Segment, Snapshot } from './catalogue.ts';

/** What a question reads: a snapshot, and the segments that may hold something beside it. */
export interface ReadingPlan {
  readonly snapshot?: Snapshot;
  readonly segments: readonly Segment[];
}

/**
 * The cheapest way to answer a question. A snapshot can be used when all that it holds counts at the moment. Any event
 * that counts and is not in it is in one of the segments; those may hold again what is in it, which changes nothing.
 */
export const planReading = ({ segments, snapshots }: Catalogue, moment: Moment): ReadingPlan => {
  const near = segments.filter(
    ({ recorded, effective }) => recorded[0] <= moment.knownAt && effective[0] <= moment.asOf,
  );
  let best: ReadingPlan = { segments: near };
  let least = eventsIn(near);
  for (const snapshot of snapshots) {
    if (snapshot.asOf > moment.asOf || snapshot.knownAt > moment.knownAt) continue;
    const beside = near.filter((segment) => !isWithin(segment, snapshot));
    // A snapshot has no more rows than the events that it stands for: it is the cheaper one where it spares any.
    const cost = eventsIn(beside);
    if (cost >= least) continue;
    best = { snapshot, segments: beside };
    least = cost;
  }
  return best;
};

/** How many events segments hold. */
export const eventsIn = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { events }) => sum + events, 0);

/** Whether every event of a segment is in a snapshot. */
const isWithin = (
  { added, recorded, effective }: Segment,
  snapshot: Omit<Snapshot, 'id' | 'rows' | 'shards'>,
): boolean => added <= snapshot.covers && recorded[1] <= snapshot.knownAt && effective[1] <= snapshot.asOf;

/** When a snapshot is made. */
export interface SnapshotPolicy {
  /** As soon as it spares a question the reading of so many events for each resource of the fleet. */
  readonly share: number;
  /** But of no fewer than this. */
  readonly least: number;
}

/**
 * A quarter: all snapshots together then hold four rows for each event, and a question reads at most a quarter more
 * than a snapshot. What smaller and larger shares cost is in docs/decisions/0017-the-archive.md.
 */
export const DEFAULT_SNAPSHOTS: SnapshotPolicy = { share: 0.25, least: 5_000 };

/**
 * The first moment at which a snapshot would spare enough, for what is known now; undefined when none would. That is
 * where new segments end, or where an older snapshot lacks too much that came in late. Segments that were recorded
 * behind `now`, by a clock that is ahead, wait.
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
    .filter((segment) => !snapshots.some((snapshot) => isWithin(segment, snapshot)))
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
