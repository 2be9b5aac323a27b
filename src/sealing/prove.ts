import type { RecordedEvent } from '../events/recorded-event.ts';
import type { Bundle, ProvenEvent } from '../verifier/bundle.ts';
import { parseCheckpoint } from '../verifier/checkpoint.ts';
import { eventLeaf, parseLeaf } from '../verifier/leaf.ts';
import { isSameHash } from '../verifier/merkle.ts';
import { parseNote } from '../verifier/signed-note.ts';
import { LogDamagedError } from './log/seal-errors.ts';
import type { SealedHead } from './log/sealed-heads.ts';
import type { SealedLog } from './log/sealed-log.ts';
import { TILE_WIDTH } from './tree/tile.ts';
import { consistencyProof, inclusionProof } from './tree/tree-proofs.ts';

/** The places of a stream's events in the log, by seq. */
type Places = ReadonlyMap<number, number>;

/**
 * Makes a bundle of events of one stream with the proofs that they are in the log of this checkpoint, a
 * signed note. Events that are not sealed yet are omitted. `head` says how far the stream is sealed; without
 * it, the whole log is searched. Rejects with a {@link LogDamagedError} when an event is sealed with another
 * hash.
 */
export const proveEvents = async (
  log: SealedLog,
  checkpoint: string,
  events: readonly RecordedEvent[],
  head: SealedHead | undefined,
): Promise<Bundle> => {
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const [first] = events;
  const places = first ? await placesOf(log, size, first.stream, head) : new Map();
  const proven: ProvenEvent[] = [];
  for (const { stream, seq, prev, hash, body } of events) {
    const index = places.get(seq);
    if (index === undefined) continue;
    const entry = (await log.entries(Math.floor(index / TILE_WIDTH), size))[index % TILE_WIDTH] as Buffer;
    if (!isSameHash(entry, eventLeaf({ stream, seq, hash })))
      throw new LogDamagedError(
        `event ${seq} of ${stream} is not what the log has at ${index}, so one of the two was changed`,
      );
    proven.push({ stream, seq, prev, hash, body, index, proof: await inclusionProof(log, index, size) });
  }
  return { checkpoint, events: proven, earlier: [] };
};

/**
 * Makes a bundle with the proof that the log of the later checkpoint extends that of the earlier one. Both
 * are signed notes.
 */
export const proveConsistency = async (log: SealedLog, earlier: string, later: string): Promise<Bundle> => {
  const [before, after] = [earlier, later].map((note) => parseCheckpoint(parseNote(note).text).size) as [
    number,
    number,
  ];
  const proof = await consistencyProof(log, before, after);
  return { checkpoint: later, events: [], earlier: [{ checkpoint: earlier, proof }] };
};

/** Where a stream's events are in a log of this size. */
const placesOf = async (
  log: SealedLog,
  size: number,
  stream: string,
  head: SealedHead | undefined,
): Promise<Places> => {
  const places = new Map<number, number>();
  const runs = head?.runs ?? [];
  runs.forEach(([seq, index], i) => {
    const end = runs[i + 1]?.[0] ?? (head?.seq ?? 0) + 1;
    // Events sealed after the checkpoint are not in its log.
    for (let at = 0; seq + at < end; at++) if (index + at < size) places.set(seq + at, index + at);
  });
  const [[known, before] = [Number.POSITIVE_INFINITY, size]] = runs;
  if (known > 1)
    for (const [seq, index] of await search(log, size, stream, Math.min(before, size)))
      places.set(seq, index);
  return places;
};

/** Searches every entry before a place of the log. */
const search = async (log: SealedLog, size: number, stream: string, before: number): Promise<Places> => {
  const places = new Map<number, number>();
  for (let tile = 0; tile * TILE_WIDTH < before; tile++) {
    for (const [i, entry] of (await log.entries(tile, size)).entries()) {
      const leaf = parseLeaf(entry);
      const index = tile * TILE_WIDTH + i;
      if (index < before && 'stream' in leaf && leaf.stream === stream) places.set(leaf.seq, index);
    }
  }
  return places;
};
