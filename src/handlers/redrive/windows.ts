import type { EventStore } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { chunksOf } from '../../shared/collections.ts';
import { batchOfEvents, type FeedConsumer } from '../runtime/feed-batch.ts';
import type { Consumer } from './dead-letter.ts';
import { deliverEach } from './deliver.ts';

/** A message that refers to the events recorded in a window of time. */
export interface AskedWindow {
  readonly id: string;
  readonly consumers: readonly Consumer[];
  readonly from: string;
  readonly to: string;
}

/** The outcome of such a message; without an error, it is done. */
export interface WindowOutcome {
  readonly id: string;
  readonly error?: unknown;
}

/** Overlapping windows that are read together. */
interface Span {
  readonly from: string;
  to: string;
  readonly asked: AskedWindow[];
}

/** The most events in memory at once, whatever the size of a window. */
const EVENTS_AT_ONCE = 500;

/**
 * Delivers to each consumer the events that were recorded in the windows, as the change feed would.
 * Overlapping windows, such as those of a bisected batch, are read once, because each read scans the whole
 * ledger.
 */
export async function* redriveWindows(
  deps: WindowDeps,
  asked: readonly AskedWindow[],
  remainingMs: () => number,
  hasTime: () => boolean,
): AsyncGenerator<WindowOutcome> {
  for (const span of spansOf(asked)) {
    const counts: Counts = { found: new Map(), failed: new Map() };
    const broken = await redriveSpan(deps, span, remainingMs, hasTime, counts).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    for (const one of span.asked) yield { id: one.id, ...(broken ?? problemOf(one, counts)) };
  }
}

/** Delivers the events of a span chunk by chunk. Rejects if it stops before the last event. */
const redriveSpan = async (
  deps: WindowDeps,
  span: Span,
  remainingMs: () => number,
  hasTime: () => boolean,
  counts: Counts,
): Promise<void> => {
  for await (const events of chunksOf(deps.store.recordedBetween(span.from, span.to), EVENTS_AT_ONCE)) {
    if (!hasTime()) throw new Error('no time was left for it');
    await deliver(deps, span, events, remainingMs, counts);
  }
};

/** What reading a window from the ledger needs from outside. */
export interface WindowDeps {
  readonly consumers: Readonly<Record<Consumer, FeedConsumer>>;
  readonly store: Pick<EventStore, 'recordedBetween'>;
}

/** Numbers of events, by the id of the message whose window contains them. */
interface Counts {
  readonly found: Map<string, number>;
  readonly failed: Map<string, number>;
}

/**
 * Delivers events of a span to each consumer that one of its windows names, and counts them for each window.
 */
const deliver = async (
  { consumers }: WindowDeps,
  { asked }: Span,
  events: readonly RecordedEvent[],
  remainingMs: () => number,
  { found, failed }: Counts,
): Promise<void> => {
  const batch = batchOfEvents(events.map((recorded, position) => ({ position, recorded })));
  const names = new Set(asked.flatMap((one) => one.consumers));
  for (const consumer of new Set([...names].map((name) => consumers[name]))) {
    const lost = await deliverEach(consumer, batch, { remainingMs });
    const lostTimes = lost.flatMap((position) => events[position]?.recordedAt ?? []);
    for (const one of asked) {
      if (one.consumers.some((name) => consumers[name] === consumer)) add(failed, one, lostTimes);
    }
  }
  const times = events.map(({ recordedAt }) => recordedAt);
  for (const one of asked) add(found, one, times);
};

/** Groups overlapping windows into spans. */
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

const problemOf = ({ id, from, to }: AskedWindow, counts: Counts): { readonly error?: Error } => {
  const [found, failed] = [counts.found.get(id) ?? 0, counts.failed.get(id) ?? 0];
  if (failed > 0) return { error: new Error(`${failed} of ${found} events failed again`) };
  if (found > 0) return {};
  // Only a batch of changes and removals has no event. Somebody edited the table, so the message must not be
  // dropped.
  const text = `The ledger holds no event that was recorded between ${from} and ${to}. The batch was about changes or removals, or about another ledger.`;
  return { error: new Error(text) };
};
