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
 * The embedded counterpart of DynamoDB Streams: delivers every appended event to each consumer, from its
 * cursor on.
 *
 * - A place is announced *before* its event is appended. A crash in between leaves a place without an event,
 * which reads skip. There is never an appended event that was not announced.
 *
 * - Reads stop before an append in progress in this process, because its event may not come to exist.
 *
 * - A consumer commits its cursor after its work. What it did not commit is delivered again.
 */
export interface ChangeFeed {
  announce(place: Place): number;
  /**
   * Marks the append at this position as finished. Its event, if there is one, is cached, so that reading it
   * costs nothing.
   */
  ended(position: number, recorded?: RecordedEvent): void;
  /**
   * Reads the events at up to `max` places from the consumer's cursor on, with their positions in the feed,
   * and the cursor after them. Resolves to undefined if there are no places to read.
   */
  read(consumer: string, max: number): Promise<{ entries: FeedEvent[]; next: number } | undefined>;
  commit(consumer: string, next: number): void;
  close(): void;
}

type Cursors = Record<string, number>;

/**
 * Opens a feed for these consumers, stored in `folder` or in memory. Places that all consumers have read are
 * removed, at the latest when the feed is opened again.
 */
export const changeFeed = (store: EventStore, consumers: readonly string[], folder?: string): ChangeFeed => {
  const journal = folder === undefined ? undefined : openJournal(folder, consumers);
  /** The places that a consumer has not read yet; `first` is the position of the first of them. */
  const places: Place[] = journal?.places ?? [];
  let first = 0;
  /** Positions announced here whose append is in progress, in order. */
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

/** Reads a folder's feed without changing it. */
const readJournal = (folder: string, consumers: readonly string[]) => {
  const placesFile = join(folder, 'feed.ndjson');
  const cursorsFile = join(folder, 'cursors.json');
  const saved: Cursors = existsSync(cursorsFile) ? JSON.parse(readFileSync(cursorsFile, 'utf8')) : {};
  // A last line without a line end was cut off by a crash before its append, so it is ignored.
  const text = existsSync(placesFile) ? readFileSync(placesFile, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const places = whole.split('\n').flatMap((line): Place[] => (line ? [JSON.parse(line)] : []));
  // A power cut can lose the end of one file and not of the other, so no cursor is put beyond the end.
  const cursors: Cursors = Object.fromEntries(
    consumers.map((name) => [name, Math.min(saved[name] ?? 0, places.length)]),
  );
  return { placesFile, cursorsFile, saved, text, whole, places, cursors };
};

/** The places in a folder's feed that each consumer has not read yet. Read-only: it repairs nothing. */
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
    // Everything is consumed. Cursors are reset first: a crash in between only repeats events that the
    // consumers know.
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
