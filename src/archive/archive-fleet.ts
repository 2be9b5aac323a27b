import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ReadOnlyObjectStore } from '../objects/object-store.ts';
import { type FleetReader, type Moment, type ResourceAt, resourceAt } from '../projections/resource-at.ts';
import { type Catalogue, EMPTY, readCatalogue, type Segment } from './catalogue.ts';
import { collectDeltas } from './collect-deltas.ts';
import { inboxNames, readInbox } from './inbox.ts';
import { unpackResource } from './pack-partial-state.ts';
import { type Disputed, resourceOf } from './partial-state.ts';
import { planReading } from './reading-plan.ts';
import { readEvents, readSummaries } from './segment.ts';
import { fleetWith } from './snapshot.ts';

/**
 * Reads a fleet from the archive. The answers are those of `ledgerFleet` over the same events, byte for byte
 * as JSON. A question reads one snapshot and the segments that may hold anything newer, so its cost grows
 * with the fleet and not with its history. Memory holds the resources with such newer events, and a few
 * objects. Resources whose partial states do not tell the answer (`refold`) are folded from their events, for
 * which all segments are read once.
 *
 * The answer covers the events that have reached the archive, and `pending`: further events, which may have
 * reached it as well. Rejects with a `MissingObjectError` when objects are removed during the read, and with
 * an `UnreadableArchiveError` when they are damaged.
 */
export const archiveFleet = (
  objects: ReadOnlyObjectStore,
  pending: readonly RecordedEvent[] = [],
): FleetReader => ({
  async *at(moment, after) {
    const { catalogue, waiting } = await readAllWaiting(objects);
    const { snapshot, segments } = planReading(catalogue, moment);
    const further = [...waiting, ...pending];
    const beside = await collectDeltas(objects, segments, further, moment);
    const read = () => fleetWith(objects, snapshot, beside, unpackResource, resourceOf, after);
    let folded: ReadonlyMap<ResourceArn, ResourceAt> | undefined;
    for await (const batch of read()) {
      const resources = [...batch];
      if (resources.some(isDisputed)) {
        folded ??= await foldDisputed(objects, catalogue.segments, further, moment, await disputedIn(read()));
      }
      const known = folded;
      yield resources.flatMap((one) => (isDisputed(one) ? (known?.get(one.arn) ?? []) : [one]));
    }
  },

  async began(knownAt) {
    const { catalogue, waiting } = await readAllWaiting(objects);
    let began: string | undefined;
    const consider = (event: { recordedAt: string; effectiveAt: string }) => {
      if (event.recordedAt <= knownAt && (began === undefined || event.effectiveAt < began))
        began = event.effectiveAt;
    };
    for (const { recordedAt, event } of [...waiting, ...pending])
      consider({ recordedAt, effectiveAt: event.effectiveAt });
    const known = catalogue.segments.filter(({ recorded }) => recorded[0] <= knownAt);
    // The catalogue already has the earliest moment of a segment that was recorded entirely by then.
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

const isDisputed = (one: ResourceAt | Disputed): one is Disputed => 'refold' in one;

const disputedIn = async (
  fleet: AsyncIterable<Iterable<ResourceAt | Disputed>>,
): Promise<ReadonlySet<ResourceArn>> => {
  const found = new Set<ResourceArn>();
  for await (const batch of fleet) for (const one of batch) if (isDisputed(one)) found.add(one.arn);
  return found;
};

/**
 * Folds the streams of disputed resources from their events. Memory holds these events, and a segment. Events that
 * happened after the moment are read as well: they may tell what an act before it did.
 */
const foldDisputed = async (
  objects: ReadOnlyObjectStore,
  segments: readonly Segment[],
  further: readonly RecordedEvent[],
  moment: Moment,
  disputed: ReadonlySet<ResourceArn>,
): Promise<ReadonlyMap<ResourceArn, ResourceAt>> => {
  const streams = new Map<ResourceArn, Map<number, RecordedEvent>>();
  const add = (recorded: RecordedEvent) => {
    const { stream, seq } = recorded;
    if (!disputed.has(stream)) return;
    const events = streams.get(stream) ?? new Map<number, RecordedEvent>();
    streams.set(stream, events.set(seq, recorded));
  };
  for (const segment of segments) {
    if (segment.recorded[0] > moment.knownAt) continue;
    for (const recorded of await readEvents(objects, segment, disputed)) add(recorded);
  }
  for (const recorded of further) add(recorded);
  const resources = new Map<ResourceArn, ResourceAt>();
  for (const [arn, bySeq] of streams) {
    const events = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const resource = resourceAt(events, moment);
    if (resource) resources.set(arn, resource);
  }
  return resources;
};

const recordedWithin = ([, last]: readonly [string, string], knownAt: string): boolean => last <= knownAt;

const TRIES = 5;

/** Reads the catalogue and the events that wait in the inbox: together, all that an archive holds. */
export const readAllWaiting = async (
  objects: ReadOnlyObjectStore,
): Promise<{ catalogue: Catalogue; waiting: RecordedEvent[] }> => {
  for (let tries = 1; ; tries++) {
    // The order matters: events that leave the inbox after it was listed are in the catalogue that is read
    // next, or their object is missing below and the loop starts again.
    const names = await inboxNames(objects);
    const catalogue = (await readCatalogue(objects)) ?? EMPTY;
    const batches = await Promise.all(names.map((name) => readInbox(objects, name)));
    const waiting = batches.flatMap((batch) => batch ?? []);
    if (batches.every(Boolean)) return { catalogue, waiting };
    if (tries === TRIES)
      throw new Error(`the archive's inbox changed ${TRIES} times while it was read: ask again`);
  }
};
