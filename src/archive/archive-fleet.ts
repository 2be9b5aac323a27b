import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { FleetReader, Moment, ResourceAt } from '../projections/resource-at.ts';
import { type Span, widenedBy } from '../projections/span.ts';
import type { ReadOnlyArchive } from './archive-store.ts';
import { type Catalogue, EMPTY, type Segment } from './catalogue.ts';
import { collectDeltas } from './collect-deltas.ts';
import { foldDisputed, type StreamReader } from './fold-disputed.ts';
import { inboxNames, readInbox } from './inbox.ts';
import { readCatalogue } from './newest-catalogue.ts';
import { unpackResource } from './pack-partial-state.ts';
import { isDisputed, resourceOf } from './partial-state.ts';
import { planReading } from './reading-plan.ts';
import { readSummaries, summaryOf } from './segment.ts';
import { fleetWith } from './snapshot.ts';

/**
 * Reads a fleet from the archive. The answers are those of `ledgerFleet` over the same events, byte for byte
 * as JSON. A question reads one snapshot and the segments that may hold anything newer, so its cost grows
 * with the fleet and not with its history. Memory holds the resources with such newer events, and a few
 * objects. A disputed resource with such newer events is folded from its stream in the ledger.
 *
 * The answer covers the events that have reached the archive, and `pending`: further events, which may have
 * reached it as well. Of a disputed resource it also covers events that the archive lacks, up to the newest that it has.
 * Rejects with an `UnreadableArchiveError` when objects are damaged, or removed during the read.
 */
export const archiveFleet = (
  objects: ReadOnlyArchive,
  ledger: StreamReader,
  pending: readonly RecordedEvent[] = [],
): FleetReader => {
  const held = async () => fleetOf(objects, await readAllWaiting(objects), ledger, pending);
  return {
    async *at(moment, after) {
      yield* (await held()).at(moment, after);
    },
    span: async (knownAt) => (await held()).span(knownAt),
  };
};

/** A {@link FleetReader} whose batches are in memory. */
interface HeldFleet extends FleetReader {
  at(moment: Moment, after?: ResourceArn): AsyncIterable<readonly ResourceAt[]>;
}

/** Like {@link archiveFleet}, of what an archive was seen to hold. */
export const fleetOf = (
  objects: ReadOnlyArchive,
  { catalogue = EMPTY, waiting }: Held,
  ledger: StreamReader,
  pending: readonly RecordedEvent[],
): HeldFleet => ({
  async *at(moment, after) {
    const { snapshot, segments } = planReading(catalogue, moment);
    const further = [...waiting, ...pending];
    const beside = await collectDeltas(objects, segments, further, moment);
    for await (const batch of fleetWith(objects, snapshot, beside, unpackResource, resourceOf, after)) {
      const resources = [...batch];
      const folded = await foldDisputed(ledger, moment, resources.filter(isDisputed));
      yield resources.flatMap((one) => (isDisputed(one) ? (folded.get(one.arn) ?? []) : [one]));
    }
  },

  async span(knownAt) {
    const isWhole = ({ recorded, effective }: Segment) => recorded[1] <= knownAt && effective[1] <= knownAt;
    const widen = widenedBy(knownAt);
    // The catalogue has the span of a segment that counts entirely.
    const ends = catalogue.segments
      .filter(isWhole)
      .flatMap(({ recorded, effective }) =>
        effective.map((at) => ({ recordedAt: recorded[1], effectiveAt: at })),
      );
    let span = [...ends, ...[...waiting, ...pending].map(summaryOf)].reduce<Span | undefined>(
      widen,
      undefined,
    );
    for (const segment of catalogue.segments) {
      if (isWhole(segment) || segment.recorded[0] > knownAt || isWithin(segment.effective, span)) continue;
      span = (await readSummaries(objects, segment)).reduce(widen, span);
    }
    return span;
  },
});

/** Whether reading a segment cannot widen a span. */
const isWithin = ([first, last]: readonly [string, string], span: Span | undefined): boolean =>
  span !== undefined && span.began <= first && last <= span.newest;

const TRIES = 5;

/** All that an archive holds: its catalogue, which is undefined before it was first built, and the events in its inbox. */
export interface Held {
  readonly catalogue?: Catalogue | undefined;
  readonly waiting: readonly RecordedEvent[];
}

/** Reads the catalogue and the events that wait in the inbox. */
export const readAllWaiting = async (objects: ReadOnlyArchive): Promise<Held> => {
  for (let tries = 1; ; tries++) {
    // The order matters: events that leave the inbox after it was listed are in the catalogue that is read
    // next, or their object is missing below and the loop starts again.
    const names = await inboxNames(objects);
    const catalogue = await readCatalogue(objects);
    const batches = await Promise.all(names.map((name) => readInbox(objects, name)));
    const waiting = batches.flatMap((batch) => batch ?? []);
    if (batches.every(Boolean)) return { catalogue, waiting };
    if (tries === TRIES)
      throw new Error(`The archive's inbox changed ${TRIES} times while it was read. Ask again.`);
  }
};
