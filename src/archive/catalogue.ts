import * as v from 'valibot';
import { InstantSchema } from '../events/tag-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { UnreadableArchiveError } from './compressed.ts';
import { requireObject } from './require-object.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The earliest and the latest. */
const range = v.strictTuple([InstantSchema, InstantSchema]);

/** A segment: some events, as lines and as outlines, and between which moments they lie. */
const SegmentSchema = v.object({
  id: v.string(),
  /** `odd`: became true long before it was recorded, or after. So nearly all of the others lie near their neighbours. */
  kind: v.picklist(['regular', 'odd']),
  /** The step of the catalogue in which the last of its events came in. */
  added: count,
  events: count,
  recorded: range,
  effective: range,
});
export type Segment = Readonly<v.InferOutput<typeof SegmentSchema>>;

/** A fleet at a moment: the outlines of the events that counted, of what had come in up to step `covers`. */
const SnapshotSchema = v.object({
  id: v.string(),
  asOf: InstantSchema,
  knownAt: InstantSchema,
  covers: count,
  rows: count,
  shards: count,
});
export type Snapshot = Readonly<v.InferOutput<typeof SnapshotSchema>>;

/** Up to which seq each stream is in the archive, by what had come in up to step `covers`. */
const HeadsSchema = v.object({ id: v.string(), covers: count, streams: count, shards: count });
export type Watermarks = Readonly<v.InferOutput<typeof HeadsSchema>>;

const CatalogueSchema = v.object({
  format: v.literal(1),
  version: count,
  /** How often events came in so far. */
  step: count,
  segments: v.array(SegmentSchema),
  snapshots: v.array(SnapshotSchema),
  heads: v.optional(HeadsSchema),
  /** Objects that no question needs any more; readers that began earlier may be at them for a while. */
  gone: v.array(v.object({ name: v.string(), since: InstantSchema })),
});

/** All that is in an archive, but for the inbox. One object, never changed: the next version is another one. */
export type Catalogue = Readonly<v.InferOutput<typeof CatalogueSchema>>;

/** The catalogue of an archive that holds nothing. */
export const EMPTY: Catalogue = { format: 1, version: 0, step: 0, segments: [], snapshots: [], gone: [] };

/** Somebody else wrote the next version of the catalogue first: read it and begin again. */
export class ArchiveBusyError extends Error {
  override readonly name = 'ArchiveBusyError';

  constructor(version: number) {
    super(`version ${version} of the archive's catalogue is somebody else's: begin again with theirs`);
  }
}

const FOLDER = 'catalogue/';
/** Old versions that are kept, for people who look for what happened. */
const KEPT = 10;

const nameOf = (version: number): string => `${FOLDER}${String(version).padStart(12, '0')}.json`;

const versions = async (objects: ObjectStore): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of objects.list(FOLDER)) names.push(name);
  return names;
};

/** The newest catalogue; undefined where there is no archive yet. Rejects with an {@link UnreadableArchiveError}. */
export const readCatalogue = async (objects: ObjectStore): Promise<Catalogue | undefined> => {
  const newest = (await versions(objects)).at(-1);
  if (newest === undefined) return undefined;
  const bytes = await requireObject(objects, newest);
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), CatalogueSchema),
    Buffer.from(bytes).toString('utf8'),
  );
  if (parsed.success) return parsed.output;
  throw new UnreadableArchiveError(`got ${newest} with ${parsed.issues[0].message}`);
};

/**
 * Makes a catalogue the newest one; its `version` is one more than that of the one it was made from. Rejects with an
 * {@link ArchiveBusyError} when that one is not the newest any more. All objects that it names must be there: who dies
 * before this leaves objects that nobody reads, and who dies after it has done it.
 */
export const commit = async (objects: ObjectStore, catalogue: Catalogue): Promise<void> => {
  const name = nameOf(catalogue.version);
  const bytes = Buffer.from(JSON.stringify(catalogue));
  if (!(await objects.create(name, bytes))) {
    const there = await objects.get(name);
    if (!there || !bytes.equals(there)) throw new ArchiveBusyError(catalogue.version);
  }
  // A version that was removed long ago can be created again by who slept meanwhile: it must not count as done.
  const names = await versions(objects);
  if (names.at(-1) !== name) throw new ArchiveBusyError(catalogue.version);
  for (const old of names.slice(0, -KEPT)) await objects.remove(old);
};
