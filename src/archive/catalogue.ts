import * as v from 'valibot';
import { InstantSchema } from '../events/tag-event.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The SHA-256 of an object, in hex. */
export const Sha256Schema = v.pipe(v.string(), v.regex(/^[\da-f]{64}$/));
/** The earliest and the latest moment. */
const range = v.strictTuple([InstantSchema, InstantSchema]);

/** A segment: a group of events, stored as lines and as summaries, with the time ranges that they cover. */
const SegmentSchema = v.object({
  id: v.string(),
  /**
   * `odd` events took effect more than an hour before they were recorded, or after it. Kept apart, they do
   * not widen the time ranges of the regular segments.
   */
  kind: v.picklist(['regular', 'odd']),
  /** The catalogue's step that added the last of its events. */
  added: count,
  events: count,
  recorded: range,
  effective: range,
  /** The version of the partial states in its summaries; absent for version 1. */
  fold: v.optional(count),
  /** The digests of its two objects; absent in archives of earlier versions. */
  sha256: v.optional(v.object({ lines: Sha256Schema, outlines: Sha256Schema })),
});
export type Segment = Readonly<v.InferOutput<typeof SegmentSchema>>;

/** The partial states of a fleet at one moment, from the events added up to step `covers`. */
const SnapshotSchema = v.object({
  id: v.string(),
  asOf: InstantSchema,
  knownAt: InstantSchema,
  covers: count,
  rows: count,
  shards: count,
  /** The version of its partial states; absent for version 1. No other version reads it. */
  fold: v.optional(count),
  /** The digests of its objects; absent in archives of earlier versions. */
  sha256: v.optional(v.array(Sha256Schema)),
});
export type Snapshot = Readonly<v.InferOutput<typeof SnapshotSchema>>;

/** How far each stream is in the archive, from the events added up to step `covers`. */
const HeadsSchema = v.object({
  id: v.string(),
  covers: count,
  streams: count,
  shards: count,
  /** The digests of its objects; absent in archives of earlier versions. */
  sha256: v.optional(v.array(Sha256Schema)),
});
export type Watermarks = Readonly<v.InferOutput<typeof HeadsSchema>>;

/** The form of a catalogue. */
export const CatalogueSchema = v.object({
  format: v.literal(1),
  version: count,
  /** How many times events have been added. */
  step: count,
  segments: v.array(SegmentSchema),
  snapshots: v.array(SnapshotSchema),
  heads: v.optional(HeadsSchema),
  /**
   * Objects that the catalogue no longer uses. They are removed later, since readers of an older version may
   * still need them.
   */
  gone: v.array(v.object({ name: v.string(), since: InstantSchema })),
});

/**
 * Everything in an archive except the inbox, with the digests of all its objects. Each version is one object that never
 * changes; a change writes the next version.
 */
export type Catalogue = Readonly<v.InferOutput<typeof CatalogueSchema>>;

/** The catalogue of an empty archive. */
export const EMPTY: Catalogue = { format: 1, version: 0, step: 0, segments: [], snapshots: [], gone: [] };
