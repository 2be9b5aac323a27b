import type { EventStore } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceEvents } from '../events/resource-events.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { readAllWaiting } from './archive-fleet.ts';
import { requireObject } from './require-object.ts';
import { packSummaries, readEvents, summariesName } from './segment.ts';

/**
 * How an archive differs from its ledger at one place. `missing`: it does not hold the event. `unexpected`: it holds one
 * that the ledger does not. `differs`: it holds another event. `outlines`: what a segment's questions read is not what
 * its events say; the place is that of the segment's first event.
 */
export interface ArchiveDifference {
  readonly kind: 'missing' | 'unexpected' | 'differs' | 'outlines';
  readonly stream: ResourceArn;
  readonly seq: number;
}

/** 48 bits of a hash: a number takes an eighth of the memory of the text, and a place has few events to be taken for. */
const shortOf = ({ hash }: RecordedEvent): number => Number.parseInt(hash.slice(0, 12), 16);

/**
 * Compares an archive with its ledger, event by event; gives the differences, and the number of the ledger's
 * events of resources.
 * The ledger is read as a whole, and so is the archive; in memory is a number for each event. What was appended
 * meanwhile may show as missing: it comes within the change feed's delay.
 */
export const checkArchive = async (
  objects: ObjectStore,
  store: Pick<EventStore, 'readAll'>,
  onDifference: (difference: ArchiveDifference) => void,
): Promise<{ readonly events: number; readonly archived: number; readonly differences: number }> => {
  let [events, archived, differences] = [0, 0, 0];
  const differ = (kind: ArchiveDifference['kind'], { stream, seq }: { stream: ResourceArn; seq: number }) => {
    differences += 1;
    onDifference({ kind, stream, seq });
  };

  const held = new Map<ResourceArn, Map<number, number>>();
  const hold = (event: RecordedEvent) => {
    const { stream, seq } = event;
    const seqs = held.get(stream) ?? new Map<number, number>();
    held.set(stream, seqs);
    const there = seqs.get(seq);
    if (there !== undefined && there !== shortOf(event)) differ('differs', event);
    if (there === undefined) archived += 1;
    seqs.set(seq, there ?? shortOf(event));
  };
  const { catalogue, waiting } = await readAllWaiting(objects);
  for (const segment of catalogue.segments) {
    const inSegment = await readEvents(objects, segment);
    inSegment.forEach(hold);
    const [first] = inSegment;
    const summaries = await requireObject(objects, summariesName(segment.id));
    if (first && !Buffer.from(summaries).equals(await packSummaries(inSegment))) differ('outlines', first);
  }
  waiting.forEach(hold);

  for await (const event of resourceEvents(store)) {
    events += 1;
    const { stream, seq } = event;
    const seqs = held.get(stream);
    const there = seqs?.get(seq);
    if (there === undefined) differ('missing', event);
    else if (there !== shortOf(event)) differ('differs', event);
    seqs?.delete(seq);
  }
  for (const [stream, seqs] of held) for (const seq of seqs.keys()) differ('unexpected', { stream, seq });
  return { events, archived, differences };
};
