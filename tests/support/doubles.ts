import type { CoordinationStore } from '../../src/coordination/coordination-store.ts';
import type { EventStore, Place } from '../../src/events/event-store.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { Telemetry } from '../../src/shared/telemetry.ts';

/** A store that counts what it is asked, and fails where it is told. */
export interface WatchedStore extends EventStore {
  readonly calls: { append: number; read: string[]; find: Place[][] };
  /** Asked before each append, and with `after` once it is stored: what it gives is thrown. */
  failAppend?: ((event: RecordedEvent) => Error | undefined) | undefined;
  loseReply?: ((event: RecordedEvent) => Error | undefined) | undefined;
  /** Asked before each read of a stream: what it gives is thrown. */
  failRead?: ((stream: string) => Error | undefined) | undefined;
  forgetCalls(): void;
}

/** Watches a store. */
export const watched = (store: EventStore): WatchedStore => {
  const watching: WatchedStore = {
    ...store,
    calls: { append: 0, read: [], find: [] },
    forgetCalls: () => Object.assign(watching.calls, { append: 0, read: [], find: [] }),
    async append(event) {
      watching.calls.append += 1;
      throwIf(watching.failAppend?.(event));
      const appended = await store.append(event);
      throwIf(watching.loseReply?.(event));
      return appended;
    },
    async read(stream) {
      watching.calls.read.push(stream);
      throwIf(watching.failRead?.(stream));
      return store.read(stream);
    },
    async find(places) {
      watching.calls.find.push([...places]);
      return store.find(places);
    },
  };
  return watching;
};

const throwIf = (error: Error | undefined): void => {
  if (error) throw error;
};

/** What a store throws that has gone away. */
export const GONE = new Error('the table cannot be reached');

/** An observer that remembers, so that a test can ask what was logged and counted. */
export const remembering = () => {
  const lines: { level: 'info' | 'error'; message: string; fields: Record<string, unknown> }[] = [];
  const counts: Record<string, number> = {};
  const measured: Record<string, number[]> = {};
  const telemetry: Telemetry = {
    info: (message, fields) => lines.push({ level: 'info', message, fields }),
    error: (message, fields) => lines.push({ level: 'error', message, fields }),
    count: (metric, value) => {
      counts[metric] = (counts[metric] ?? 0) + value;
    },
    measure: (measure, value) => {
      measured[measure] = [...(measured[measure] ?? []), value];
    },
  };
  const errors = () => lines.flatMap(({ level, message }) => (level === 'error' ? [message] : []));
  return { telemetry, lines, counts, measured, errors };
};

/** A clock that stands a millisecond later each time it is asked, so that no two events share their bytes. */
export const tickingClock = (start: string): (() => Date) => {
  let ms = Date.parse(start);
  return () => new Date(ms++);
};

/** The events of a store, by the id at the end of their stream: `{ 'i-0abc': ['TagRequested', 'TagApplied'] }`. */
export const typesByResource = async (store: EventStore): Promise<Record<string, string[]>> => {
  const types: Record<string, string[]> = {};
  for await (const { stream, event } of store.readAll()) {
    const id = stream.slice(stream.indexOf('/') + 1);
    types[id] = [...(types[id] ?? []), event.type];
  }
  return types;
};

/** Appends recorded events as they are. */
export const appendAll = async (store: EventStore, events: readonly RecordedEvent[]): Promise<void> => {
  for (const event of events) await store.append(event);
};

/** A memo store in which somebody else is faster, so many times: a dot is added to what is there before each swap. */
export const meddling = (coordination: CoordinationStore, times: number): CoordinationStore => {
  let left = times;
  return {
    ...coordination,
    async swap(memo, seen) {
      if (left-- > 0) {
        const [there] = await coordination.get([memo.key]);
        await coordination.swap(
          { key: memo.key, value: `${(there?.value as string | undefined) ?? ''}.` },
          there,
        );
      }
      return coordination.swap(memo, seen);
    },
  };
};
