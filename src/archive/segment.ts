import { createHash } from 'node:crypto';
import { columnsOf, fromLine, toLine } from '../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import { FOLD_VERSION } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import type { Segment } from './catalogue.ts';
import { compressed, uncompressed } from './compressed.ts';
import { packer, unpacker } from './pack.ts';
import { packPartialState, unpackPartialState } from './pack-partial-state.ts';
import { type PartialState, partialStateOf } from './partial-state.ts';
import { requireObject } from './require-object.ts';

/** What a segment keeps of an event besides its line: what questions need, without the body. */
export interface EventSummary {
  readonly recordedAt: string;
  readonly effectiveAt: string;
  readonly seq: number;
  readonly partial: PartialState;
}

/**
 * The name of the object with a segment's events as lines (NDJSON, gzip), with bodies and hashes as in the
 * ledger.
 */
export const linesName = (id: string): string => `segments/${id}.ndjson.gz`;
/** The name of the object with the summaries of the same events, which is all that questions read. */
export const summariesName = (id: string): string => `segments/${id}.outlines.gz`;

/** A moment in a form that object names allow. */
export const inName = (instant: string): string => instant.replace(/[^\dA-Z]/g, '');

/**
 * Packs events as lines (NDJSON, gzip) with a digest. The same events in the same order yield the same bytes.
 */
export const packLines = async (
  events: readonly RecordedEvent[],
): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> => {
  const text = events.map((event) => `${toLine(columnsOf(event))}\n`).join('');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { bytes: await compressed(text), digest };
};

/**
 * Reads the lines that {@link packLines} wrote and checks each event against its hash. Rejects with an
 * `UnreadableEventError` for a line that is not an event, and with an {@link UnreadableArchiveError} for
 * other bytes. Lines for which `isWanted` returns false are not parsed and not checked.
 */
export const unpackLines = async (
  name: string,
  bytes: Uint8Array,
  isWanted: (line: string) => boolean = Boolean,
): Promise<RecordedEvent[]> => {
  const text = await uncompressed(name, bytes);
  return text
    .toString('utf8')
    .split('\n')
    .filter(isWanted)
    .map((line) => readRecorded(fromLine(line)));
};

/**
 * Writes events, at least one, as a segment. It is named after its content, so writing it twice is harmless.
 * It belongs to the archive once a catalogue names it.
 */
export const writeSegment = async (
  objects: ObjectStore,
  kind: Segment['kind'],
  added: number,
  events: readonly RecordedEvent[],
): Promise<Segment> => {
  const recorded = rangeOf(events.map(({ recordedAt }) => recordedAt));
  const { bytes, digest } = await packLines(events);
  const id = `${inName(recorded[0])}-${digest}`;
  await Promise.all([
    objects.put(linesName(id), bytes),
    packSummaries(events).then((summaries) => objects.put(summariesName(id), summaries)),
  ]);
  const effective = rangeOf(events.map(({ event }) => event.effectiveAt));
  return { id, kind, added, events: events.length, recorded, effective, fold: FOLD_VERSION };
};

/** Packs the summaries of events, as a segment stores them. */
export const packSummaries = (events: readonly RecordedEvent[]): Promise<Uint8Array> => {
  const pack = packer();
  for (const event of events) {
    pack.text(event.recordedAt);
    pack.text(event.event.effectiveAt);
    pack.int(event.seq);
    packPartialState(pack, partialStateOf(event));
  }
  return pack.finish();
};

/** The events of a segment, as summaries. Those of another version of the fold are made anew from the events. */
export const readSummaries = async (
  objects: ReadOnlyObjectStore,
  segment: Segment,
): Promise<EventSummary[]> => {
  if (segment.fold !== FOLD_VERSION) return (await readEvents(objects, segment)).map(summaryOf);
  const { id } = segment;
  const name = summariesName(id);
  const from = await unpacker(name, await requireObject(objects, name));
  const summaries: EventSummary[] = [];
  while (!from.isAtEnd()) {
    const recordedAt = from.text() as string;
    const effectiveAt = from.text() as string;
    summaries.push({
      recordedAt,
      effectiveAt,
      seq: from.int(),
      partial: unpackPartialState(from, from.text() as ResourceArn),
    });
  }
  return summaries;
};

const summaryOf = (recorded: RecordedEvent): EventSummary => ({
  recordedAt: recorded.recordedAt,
  effectiveAt: recorded.event.effectiveAt,
  seq: recorded.seq,
  partial: partialStateOf(recorded),
});

/**
 * The events of a segment in the order of its kind: regular ones as they were recorded, odd ones as they took
 * effect. With `streams`, only those of these streams; the lines of others are neither parsed nor checked.
 */
export const readEvents = async (
  objects: ReadOnlyObjectStore,
  { id }: Segment,
  streams?: ReadonlySet<string>,
): Promise<RecordedEvent[]> => {
  const name = linesName(id);
  const isWanted = streams && ((line: string) => line !== '' && streams.has(streamIn(line)));
  return unpackLines(name, await requireObject(objects, name), isWanted);
};

/** The stream of a line as {@link toLine} writes it: it is the first member, and an ARN has nothing to escape. */
const streamIn = (line: string): string => line.slice(STREAM.length, line.indexOf('"', STREAM.length));

const STREAM = '{"stream":"';

const rangeOf = (instants: readonly string[]): [string, string] => {
  let [first, last] = [instants[0] as string, instants[0] as string];
  for (const instant of instants) {
    if (instant < first) first = instant;
    if (instant > last) last = instant;
  }
  return [first, last];
};
