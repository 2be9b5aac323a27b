import type { EventStore } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { resourceEvents } from '../events/resource-events.ts';
import type { ReadOnlyObjectStore } from '../objects/object-store.ts';
import { readAllWaiting } from './archive-fleet.ts';
import { requireObject } from './require-object.ts';
import { packSummaries, readEvents, summariesName } from './segment.ts';

/**
 * How an archive differs from its ledger at one place. `missing`: the archive lacks the event. `unexpected`:
 * the archive has an event that the ledger lacks. `differs`: the archive has another event. `outlines`: the
 * summaries of a segment do not match its events; the place is that of the segment's first event.
 */
export interface ArchiveDifference {
  readonly kind: 'missing' | 'unexpected' | 'differs' | 'outlines';
  readonly stream: ResourceArn;
  readonly seq: number;
}

/**
 * The first 48 bits of a hash. A number takes an eighth of the memory of the text, and 48 bits tell the few
 * events that could be at one place apart.
 */
const shortOf = ({ hash }: RecordedEvent): number => Number.parseInt(hash.slice(0, 12), 16);

/**
 * Compares an archive with its ledger, event by event. Returns how many resource events the ledger and the
 * archive have, and how many differences there are.
 *
 * It reads the whole ledger and the whole archive, and keeps one number per event in memory. Events appended
 * during the check may show as missing: they arrive within the delay of the change feed.
 */
export const checkArchive = async (
  objects: ReadOnlyObjectStore,
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
