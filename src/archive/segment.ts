import { columnsOf, fromLine, toLine } from '../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import type { Segment } from './catalogue.ts';
import { compressed, UnreadableArchiveError, uncompressed } from './compressed.ts';
import { digestOf, requireObject } from './digested-object.ts';
import { packer, unpacker } from './pack.ts';
import { PARTIAL_STATE_VERSION, packPartialState, unpackPartialState } from './pack-partial-state.ts';
import { type PartialState, partialStateOf } from './partial-state.ts';

/** What a segment keeps of an event besides its line: what questions need, without the body. */
export interface EventSummary {
  readonly recordedAt: string;
  readonly effectiveAt: string;
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
 * Packs events as lines (NDJSON, gzip) with a digest of the lines. The same events in the same order yield the same
 * digest, and with the same version of zlib the same bytes.
 */
export const packLines = async (
  events: readonly RecordedEvent[],
): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> => {
  const text = events.map((event) => `${toLine(columnsOf(event))}\n`).join('');
  return { bytes: await compressed(text), digest: inShort(digestOf(text)) };
};

/** The part of a digest that makes a name unique. */
const inShort = (digest: string): string => digest.slice(0, 32);

/**
 * Reads the lines that {@link packLines} wrote, with their digest, and checks each event against its hash. Rejects with an
 * {@link UnreadableArchiveError} for a line that is not an event, and for other bytes.
 */
export const unpackLines = async (
  name: string,
  bytes: Uint8Array,
): Promise<{ readonly events: RecordedEvent[]; readonly digest: string }> => {
  const text = await uncompressed(name, bytes);
  try {
    const lines = text.toString('utf8').split('\n').filter(Boolean);
    return { events: lines.map((line) => readRecorded(fromLine(line))), digest: inShort(digestOf(text)) };
  } catch (error) {
    throw new UnreadableArchiveError(`${name} in the archive has a line that is no event`, { cause: error });
  }
};

/**
 * Writes events, at least one, as a segment. It is named after the bytes of its objects, so writing it twice is
 * harmless, and other bytes never replace those that a catalogue names. It belongs to the archive once a catalogue names
 * it.
 */
export const writeSegment = async (
  objects: ObjectStore,
  kind: Segment['kind'],
  added: number,
  events: readonly RecordedEvent[],
): Promise<Segment> => {
  const recorded = rangeOf(events.map(({ recordedAt }) => recordedAt));
  const [lines, outlines] = await Promise.all([packLines(events), packSummaries(events)]);
  const sha256 = { lines: digestOf(lines.bytes), outlines: digestOf(outlines) };
  const id = `${inName(recorded[0])}-${inShort(digestOf(sha256.lines + sha256.outlines))}`;
  await Promise.all([objects.put(linesName(id), lines.bytes), objects.put(summariesName(id), outlines)]);
  const effective = rangeOf(events.map(({ event }) => event.effectiveAt));
  return { id, kind, added, events: events.length, recorded, effective, fold: PARTIAL_STATE_VERSION, sha256 };
};

/** Packs the summaries of events, as a segment stores them. */
export const packSummaries = (events: readonly RecordedEvent[]): Promise<Uint8Array> => {
  const pack = packer();
  for (const event of events) {
    pack.text(event.recordedAt);
    pack.text(event.event.effectiveAt);
    packPartialState(pack, partialStateOf(event));
  }
  return pack.finish();
};

/** The events of a segment, as summaries. Those of another version are made anew from the events. */
export const readSummaries = async (
  objects: ReadOnlyObjectStore,
  segment: Segment,
): Promise<EventSummary[]> => {
  if (segment.fold !== PARTIAL_STATE_VERSION) return (await readEvents(objects, segment)).map(summaryOf);
  const name = summariesName(segment.id);
  const from = await unpacker(name, await requireObject(objects, name, segment.sha256?.outlines));
  const summaries: EventSummary[] = [];
  while (!from.isAtEnd()) {
    const recordedAt = from.text() as string;
    const effectiveAt = from.text() as string;
    summaries.push({
      recordedAt,
      effectiveAt,
      partial: unpackPartialState(from, from.text() as ResourceArn),
    });
  }
  return summaries;
};

/** The summary of an event. */
export const summaryOf = (recorded: RecordedEvent): EventSummary => ({
  recordedAt: recorded.recordedAt,
  effectiveAt: recorded.event.effectiveAt,
  partial: partialStateOf(recorded),
});

/**
 * The events of a segment in the order of its kind: regular ones as they were recorded, odd ones as they took
 * effect.
 */
export const readEvents = async (
  objects: ReadOnlyObjectStore,
  { id, sha256 }: Segment,
): Promise<RecordedEvent[]> => {
  const name = linesName(id);
  return (await unpackLines(name, await requireObject(objects, name, sha256?.lines))).events;
};

/** The earliest and the latest of some instants, at least one. */
export const rangeOf = (instants: readonly string[]): [string, string] => {
  let [first, last] = [instants[0] as string, instants[0] as string];
  for (const instant of instants) {
    if (instant < first) first = instant;
    if (instant > last) last = instant;
  }
  return [first, last];
};
