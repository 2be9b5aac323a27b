import type { RecordedEvent } from '../../events/recorded-event.ts';
import { feedRecord } from '../runtime/feed-record.ts';
import type { Consumer } from './dead-letter.ts';
import { deliverEach } from './deliver.ts';
import type { RedriveDeps } from './redrive.ts';

/** A message that asks for what was recorded in a window of time. */
export interface AskedWindow {
  readonly id: string;
  readonly consumers: readonly Consumer[];
  readonly from: string;
  readonly to: string;
}

/** What came of such a message: nothing when it is done. */
export interface WindowOutcome {
  readonly id: string;
  readonly error?: unknown;
}

/** Windows that overlap, read in one go. */
interface Span {
  readonly from: string;
  to: string;
  readonly asked: AskedWindow[];
}

/** Under the 6 MB that a handler may be given, with events of the usual size; the memory for it does not grow. */
const EVENTS_AT_ONCE = 500;

/**
 * Hands to each consumer the events that were recorded in the windows, as if the change feed brought them. Windows
 * that overlap, as those of a batch that was bisected do, are read once: each reading is a scan of the whole ledger.
 */
export async function* redriveWindows(
  { consumers, store }: Pick<RedriveDeps, 'consumers' | 'store'>,
  asked: readonly AskedWindow[],
  remainingMs: () => number,
  hasTime: () => boolean,
): AsyncGenerator<WindowOutcome> {
  for (const span of spansOf(asked)) {
    const found = new Map<string, number>();
    const failed = new Map<string, number>();

    const deliver = async (events: readonly RecordedEvent[]): Promise<void> => {
      if (!hasTime()) throw new Error('no time was left for it');
      const names = new Set(span.asked.flatMap((one) => one.consumers));
      for (const consumer of new Set([...names].map((name) => consumers[name]))) {
        const records = events.map((event, i) => feedRecord(event, i));
        const lost = await deliverEach((batch) => consumer(batch, remainingMs), records);
        const lostTimes = lost.map((record) => (events[records.indexOf(record)] as RecordedEvent).recordedAt);
        for (const one of span.asked) {
          if (one.consumers.some((name) => consumers[name] === consumer)) add(failed, one, lostTimes);
        }
      }
      const times = events.map(({ recordedAt }) => recordedAt);
      for (const one of span.asked) add(found, one, times);
    };

    let broken: unknown;
    try {
      for await (const events of chunksOf(store.recordedBetween(span.from, span.to))) await deliver(events);
    } catch (error) {
      broken = error;
    }
    for (const { id, from, to } of span.asked) {
      const error = broken ?? problemOf(found.get(id) ?? 0, failed.get(id) ?? 0, from, to);
      yield error === undefined ? { id } : { id, error };
    }
  }
}

/** The windows, those that overlap together. */
const spansOf = (asked: readonly AskedWindow[]): Span[] => {
  const spans: Span[] = [];
  for (const one of [...asked].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = spans.at(-1);
    if (last && one.from <= last.to) {
      last.asked.push(one);
      if (one.to > last.to) last.to = one.to;
    } else {
      spans.push({ from: one.from, to: one.to, asked: [one] });
    }
  }
  return spans;
};

const add = (counts: Map<string, number>, { id, from, to }: AskedWindow, times: readonly string[]): void => {
  const within = times.filter((time) => from <= time && time <= to).length;
  counts.set(id, (counts.get(id) ?? 0) + within);
};

const problemOf = (found: number, failed: number, from: string, to: string): Error | undefined => {
  if (failed > 0) return new Error(`${failed} of ${found} events failed again`);
  // Only a batch of changes and removals has no event: somebody was at the table, and that must not be dropped.
  if (found === 0) {
    return new Error(
      `the ledger holds no event that was recorded between ${from} and ${to}: the batch told of changes or removals, or its ledger is another one`,
    );
  }
  return undefined;
};

async function* chunksOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<RecordedEvent[]> {
  let chunk: RecordedEvent[] = [];
  for await (const event of events) {
    chunk.push(event);
    if (chunk.length < EVENTS_AT_ONCE) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
