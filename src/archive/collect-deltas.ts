import { pMapIterable } from 'p-map';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ReadOnlyObjectStore } from '../objects/object-store.ts';
import { counts, type Moment } from '../projections/resource-at.ts';
import type { Segment } from './catalogue.ts';
import { join, type PartialState, partialStateOf } from './partial-state.ts';
import { readSummaries } from './segment.ts';

const SEGMENTS_AHEAD = 2;

/**
 * Collects, for each resource, the partial state of the events that count at a moment, from segments and from
 * `further` events.
 */
export const collectDeltas = async (
  objects: ReadOnlyObjectStore,
  segments: readonly Segment[],
  further: readonly RecordedEvent[],
  moment: Moment,
): Promise<Map<ResourceArn, PartialState>> => {
  const partials = new Map<ResourceArn, PartialState>();
  const add = (partial: PartialState) => {
    const known = partials.get(partial.arn);
    partials.set(partial.arn, known ? join(known, partial) : partial);
  };
  const read = (segment: Segment) => readSummaries(objects, segment);
  for await (const summaries of pMapIterable(segments, read, { concurrency: SEGMENTS_AHEAD })) {
    for (const { recordedAt, effectiveAt, partial } of summaries) {
      if (counts(moment, { recordedAt, event: { effectiveAt } })) add(partial);
    }
  }
  for (const event of further) if (counts(moment, event)) add(partialStateOf(event));
  return partials;
};
