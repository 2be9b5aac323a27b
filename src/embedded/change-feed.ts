import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EventStore, Place } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { FeedEvent } from '../handlers/runtime/feed-batch.ts';

/**
 * What DynamoDB Streams is to the ledger table in AWS: everything that was appended, for each consumer from
 * where it left off.
 *
 * - A place is announced *before* its event is appended. Dying in between leaves a place without an event, which
 *   reads skip; an appended event that was never announced cannot be.
 * - Reads stop before an append that is under way in this process: whether its event comes to be is not known yet.
 * - A consumer's cursor moves when it says so, after its work: what it had not committed comes again.
 */
export interface ChangeFeed {
  announce(place: Place): number;
  /** The append at this place is over. Its event, when there is one, stays at hand, so that reading it costs nothing. */
  ended(position: number, recorded?: RecordedEvent): void;
  /** The events at up to `max` places from the consumer's cursor on, at their positions in the feed, and the cursor after them; undefined when there are none to give. */
  read(consumer: string, max: number): Promise<{ entries: FeedEvent[]; next: number } | undefined>;
  commit(consumer: string, next: number): void;
  close(): void;
}

type Cursors = Record<string, number>;

/**
 * A feed for these consumers, which keeps its places and cursors in `folder` when there is one. What all have
 * consumed is forgotten, at the latest when the feed is opened again.
 */
export const changeFeed = (store: EventStore, consumers: readonly string[], folder?: string): ChangeFeed => {
  const journal = folder === undefined ? undefined : openJournal(folder, consumers);
  /** Those that somebody has yet to consume; `first` is the position of the first of them. */
  const places: Place[] = journal?.places ?? [];
  let first = 0;
  /** Announced here and not over yet, in order. */
  const underWay = new Set<number>();
  const cursors: Cursors = journal?.cursors ?? Object.fromEntries(consumers.map((name) => [name, 0]));
  const atHand = new Map<number, RecordedEvent>();

  const forget = () => {
    const done = Math.min(...Object.values(cursors));
    places.splice(0, done - first);
    for (; first < done; first++) atHand.delete(first);
  };

  return {
    announce(place) {
      journal?.write(place);
      const position = first + places.push(place) - 1;
      underWay.add(position);
      return position;
    },

    ended(position, recorded) {
      underWay.delete(position);
      if (recorded) atHand.set(position, recorded);
    },

    async read(consumer, max) {
      const from = cursors[consumer] ?? 0;
      const [undecided = Number.POSITIVE_INFINITY] = underWay;
      const next = Math.min(from + max, first + places.length, undecided);
      if (next <= from) return undefined;
      const wanted = places
        .slice(from - first, next - first)
        .map((place, i) => ({ place, position: from + i }));
      const missing = wanted.filter(({ position }) => !atHand.has(position));
      const found = new Map(
        (await store.find(missing.map(({ place }) => place))).map((recorded) => [nameOf(recorded), recorded]),
      );
      const entries = wanted.flatMap(({ place, position }) => {
        const recorded = atHand.get(position) ?? found.get(nameOf(place));
        return recorded ? [{ position, recorded }] : [];
      });
      return { entries, next };
    },

    commit(consumer, next) {
      cursors[consumer] = Math.max(next, cursors[consumer] ?? 0);
      journal?.commit(cursors);
      forget();
    },

    close() {
      journal?.close();
    },
  };
};

const nameOf = ({ stream, seq }: Place): string => `${seq} ${stream}`;

/** What a folder's feed holds, as it is found. */
const readJournal = (folder: string, consumers: readonly string[]) => {
  const placesFile = join(folder, 'feed.ndjson');
  const cursorsFile = join(folder, 'cursors.json');
  const saved: Cursors = existsSync(cursorsFile) ? JSON.parse(readFileSync(cursorsFile, 'utf8')) : {};
  // A last line without its end was cut off by the death of the process, before its append: it means nothing.
  const text = existsSync(placesFile) ? readFileSync(placesFile, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const places = whole.split('\n').flatMap((line): Place[] => (line ? [JSON.parse(line)] : []));
  // A power cut may have lost the end of the one file and not of the other: no cursor stands behind the end.
  const cursors: Cursors = Object.fromEntries(
    consumers.map((name) => [name, Math.min(saved[name] ?? 0, places.length)]),
  );
  return { placesFile, cursorsFile, saved, text, whole, places, cursors };
};

/** The places in the feed of a folder that each consumer has yet to come to. Reads alone: nothing is mended by it. */
export const feedBacklog = (
  folder: string,
  consumers: readonly string[],
): ReadonlyMap<string, readonly Place[]> => {
  const { places, cursors } = readJournal(folder, consumers);
  return new Map(consumers.map((name) => [name, places.slice(cursors[name])]));
};

const openJournal = (folder: string, consumers: readonly string[]) => {
  const journal = readJournal(folder, consumers);
  const { placesFile, cursorsFile, saved, text, whole } = journal;
  let { places, cursors } = journal;
  if (whole.length < text.length) truncateSync(placesFile, Buffer.byteLength(whole));

  const commit = (next: Cursors) => {
    writeFileSync(`${cursorsFile}.new`, JSON.stringify(next));
    renameSync(`${cursorsFile}.new`, cursorsFile);
  };
  if (places.length > 0 && Object.values(cursors).every((cursor) => cursor >= places.length)) {
    // All is consumed. Cursors go first: dying in between only delivers again what consumers know already.
    cursors = Object.fromEntries(consumers.map((name) => [name, 0]));
    commit(cursors);
    truncateSync(placesFile, 0);
    places = [];
  } else if (Object.values(saved).some((cursor) => cursor > places.length)) {
    commit(cursors); // Before the file grows past the old ones.
  }
  const file = openSync(placesFile, 'a');
  return {
    places,
    cursors,
    commit,
    write: ({ stream, seq }: Place) => writeSync(file, `${JSON.stringify({ stream, seq })}\n`),
    close: () => closeSync(file),
  };
};
