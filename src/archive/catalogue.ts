import * as v from 'valibot';
import { InstantSchema } from '../events/tag-event.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import { UnreadableArchiveError } from './compressed.ts';
import { requireObject } from './require-object.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
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
});
export type Snapshot = Readonly<v.InferOutput<typeof SnapshotSchema>>;

/** How far each stream is in the archive, from the events added up to step `covers`. */
const HeadsSchema = v.object({ id: v.string(), covers: count, streams: count, shards: count });
export type Watermarks = Readonly<v.InferOutput<typeof HeadsSchema>>;

const CatalogueSchema = v.object({
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
 * Everything in an archive except the inbox. Each version is one object that never changes; a change writes
 * the next version.
 */
export type Catalogue = Readonly<v.InferOutput<typeof CatalogueSchema>>;

/** The catalogue of an empty archive. */
export const EMPTY: Catalogue = { format: 1, version: 0, step: 0, segments: [], snapshots: [], gone: [] };

/** Another writer created the next version of the catalogue first. Read that version and start again. */
export class ArchiveBusyError extends Error {
  override readonly name = 'ArchiveBusyError';

  constructor(version: number) {
    super(`version ${version} of the archive's catalogue is somebody else's: begin again with theirs`);
  }
}

const FOLDER = 'catalogue/';
/** Old versions to keep, for people who investigate what happened. */
const KEPT = 10;

const nameOf = (version: number): string => `${FOLDER}${String(version).padStart(12, '0')}.json`;

const versions = async (objects: ReadOnlyObjectStore): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of objects.list(FOLDER)) names.push(name);
  return names;
};

/**
 * The newest catalogue; undefined where there is no archive yet. Rejects with an
 * {@link UnreadableArchiveError}.
 */
export const readCatalogue = async (objects: ReadOnlyObjectStore): Promise<Catalogue | undefined> => {
  const newest = (await versions(objects)).at(-1);
  if (newest === undefined) return undefined;
  const bytes = await requireObject(objects, newest);
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), CatalogueSchema),
    Buffer.from(bytes).toString('utf8'),
  );
  if (parsed.success) return parsed.output;
  throw new UnreadableArchiveError(`${newest} in the archive cannot be read (${parsed.issues[0].message})`);
};

/**
 * Makes a catalogue the newest one. Its `version` must be one more than the version it was made from; if that
 * is no longer the newest, rejects with an {@link ArchiveBusyError}. All objects that it names must exist
 * already: a crash before this call leaves objects that nobody reads, and a crash after the version was
 * created loses nothing.
 */
export const commit = async (objects: ObjectStore, catalogue: Catalogue): Promise<void> => {
  const name = nameOf(catalogue.version);
  const bytes = Buffer.from(JSON.stringify(catalogue));
  if (!(await objects.create(name, bytes))) {
    const there = await objects.get(name);
    if (!there || !bytes.equals(there)) throw new ArchiveBusyError(catalogue.version);
  }
  // A writer that was paused for long can create a version that was removed meanwhile. That is not a commit.
  const names = await versions(objects);
  if (names.at(-1) !== name) throw new ArchiveBusyError(catalogue.version);
  for (const old of names.slice(0, -KEPT)) await objects.remove(old);
};
