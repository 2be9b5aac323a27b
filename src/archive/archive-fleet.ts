import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { FleetReader } from '../projections/resource-at.ts';
import { type Catalogue, EMPTY, readCatalogue } from './catalogue.ts';
import { collectDeltas } from './collect-deltas.ts';
import { inboxNames, readInbox } from './inbox.ts';
import { unpackResource } from './pack-partial-state.ts';
import { resourceOf } from './partial-state.ts';
import { planReading } from './reading-plan.ts';
import { readSummaries } from './segment.ts';
import { fleetWith } from './snapshot.ts';

/**
 * Reads a fleet from the archive: the answers of `ledgerFleet` over the same events, byte for byte as JSON. A question
 * reads one snapshot and the segments that may hold something beside it, so it costs what the fleet costs, and not what
 * its history does. In memory are the resources of which something is known beside the snapshot, and a few objects.
 *
 * It is as complete as what has come into the archive. Rejects with a `MissingObjectError` when its objects are removed
 * while it is read, and with an `UnreadableArchiveError` for damaged ones.
 */
export const archiveFleet = (objects: ObjectStore): FleetReader => ({
  async *at(moment, after) {
    const { catalogue, waiting } = await readAllWaiting(objects);
    const { snapshot, segments } = planReading(catalogue, moment);
    const beside = await collectDeltas(objects, segments, waiting, moment);
    yield* fleetWith(objects, snapshot, beside, unpackResource, resourceOf, after);
  },

  async began(knownAt) {
    const { catalogue, waiting } = await readAllWaiting(objects);
    let began: string | undefined;
    const consider = (event: { recordedAt: string; effectiveAt: string }) => {
      if (event.recordedAt <= knownAt && (began === undefined || event.effectiveAt < began))
        began = event.effectiveAt;
    };
    for (const { recordedAt, event } of waiting) consider({ recordedAt, effectiveAt: event.effectiveAt });
    const known = catalogue.segments.filter(({ recorded }) => recorded[0] <= knownAt);
    // The segment's own earliest moment is known without reading it, where all of it had been recorded.
    for (const { recorded, effective } of known)
      consider({ recordedAt: recorded[1], effectiveAt: effective[0] });
    for (const segment of known) {
      if (recordedWithin(segment.recorded, knownAt) || (began !== undefined && segment.effective[0] >= began))
        continue;
      for (const summary of await readSummaries(objects, segment)) consider(summary);
    }
    return began;
  },
});

const recordedWithin = ([, last]: readonly [string, string], knownAt: string): boolean => last <= knownAt;

const TRIES = 5;

/** The catalogue, and the events that wait for a segment: together all that an archive holds. */
export const readAllWaiting = async (
  objects: ObjectStore,
): Promise<{ catalogue: Catalogue; waiting: RecordedEvent[] }> => {
  for (let tries = 1; ; tries++) {
    // In this order: what leaves the inbox after it was listed is in the catalogue, or is missed below.
    const names = await inboxNames(objects);
    const catalogue = (await readCatalogue(objects)) ?? EMPTY;
    const batches = await Promise.all(names.map((name) => readInbox(objects, name)));
    const waiting = batches.flatMap((batch) => batch ?? []);
    if (batches.every(Boolean)) return { catalogue, waiting };
    if (tries === TRIES)
      throw new Error(`the archive's inbox changed ${TRIES} times while it was read: ask again`);
  }
};
