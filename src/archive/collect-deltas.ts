import { pMapIterable } from 'p-map';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { counts, type Moment } from '../projections/resource-at.ts';
import type { Segment } from './catalogue.ts';
import { join, type Outline, outlineOf } from './partial-state.ts';
import { readSketches } from './segment.ts';

const SEGMENTS_AHEAD = 2;

/** What those events of segments that count at a moment, and further ones, say of each resource. */
export const gather = async (
  objects: ObjectStore,
  segments: readonly Segment[],
  further: readonly RecordedEvent[],
  moment: Moment,
): Promise<Map<ResourceArn, Outline>> => {
  const outlines = new Map<ResourceArn, Outline>();
  const add = (outline: Outline) => {
    const known = outlines.get(outline.arn);
    outlines.set(outline.arn, known ? join(known, outline) : outline);
  };
  const read = (segment: Segment) => readSketches(objects, segment);
  for await (const sketches of pMapIterable(segments, read, { concurrency: SEGMENTS_AHEAD })) {
    for (const { recordedAt, effectiveAt, outline } of sketches) {
      if (counts(moment, { recordedAt, event: { effectiveAt } })) add(outline);
    }
  }
  for (const event of further) if (counts(moment, event)) add(outlineOf(event));
  return outlines;
};
