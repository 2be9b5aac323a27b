import { pMapIterable } from 'p-map';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ReadOnlyObjectStore } from '../objects/object-store.ts';
import type { Moment } from '../projections/resource-at.ts';
import type { Segment } from './catalogue.ts';
import { join, type PartialState } from './partial-state.ts';
import { joinedUntil } from './reading-plan.ts';
import { type EventSummary, readSummaries, summaryOf } from './segment.ts';

const SEGMENTS_AHEAD = 2;

/**
 * Collects, for each resource, the partial state of the events that count at a moment, from segments and from
 * `further` events. A resource with an event soon after the moment is disputed: the fold may join that event with one
 * that counts.
 */
export const collectDeltas = async (
  objects: ReadOnlyObjectStore,
  segments: readonly Segment[],
  further: readonly RecordedEvent[],
  moment: Moment,
): Promise<Map<ResourceArn, PartialState>> => {
  const partials = new Map<ResourceArn, PartialState>();
  const until = joinedUntil(moment);
  const add = ({ recordedAt, effectiveAt, partial }: EventSummary) => {
    if (recordedAt > moment.knownAt || effectiveAt > until) return;
    const { arn, lastSeq } = partial;
    const said: PartialState = effectiveAt > moment.asOf ? { arn, lastSeq, refold: true } : partial;
    const known = partials.get(arn);
    partials.set(arn, known ? join(known, said) : said);
  };
  const read = (segment: Segment) => readSummaries(objects, segment);
  for await (const summaries of pMapIterable(segments, read, { concurrency: SEGMENTS_AHEAD }))
    for (const summary of summaries) add(summary);
  for (const event of further) add(summaryOf(event));
  return partials;
};
