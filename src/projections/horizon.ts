import { type AccountHorizon, heardIn } from '../events/coverage.ts';
import type { EventStore } from '../events/event-store.ts';
import { COVERED_ACCOUNTS, coverageStreamOf, isLedgerStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type Span, widenedBy } from './span.ts';

/**
 * Until when the ledger has heard of AWS, as known at a moment. What happened later is unknown.
 */
export interface Horizon {
  /** The moment at which this was known. */
  readonly knownAt: string;
  /** When the earliest known event of a resource took effect; null if there is none, or that is not known. */
  readonly began: string | null;
  /** The default moment of questions: ISO 8601, UTC, milliseconds. Null if nothing tells it. */
  readonly heardUntil: string | null;
  /**
   * `recorded`: the ledger recorded its coverage. `inferred`: it did not, so its newest event stands for it. `unknown`:
   * nothing was recorded, and finding the newest event would take a read of the whole ledger.
   */
  readonly basis: 'recorded' | 'inferred' | 'unknown';
  /** The accounts whose coverage was recorded, sorted. */
  readonly accounts: readonly AccountHorizon[];
}

/** What an answer about a moment says of the {@link Horizon}. */
export interface HorizonView extends Pick<Horizon, 'heardUntil' | 'basis'> {
  /** Whether the moment is so long after `heardUntil` that everything is unknown. */
  readonly isBeyond: boolean;
  /** The accounts that were not heard of for so long that their resources are unknown at the moment. */
  readonly silentAccounts: readonly AccountHorizon[];
}

/** What an answer about a moment says of the horizon. */
export const horizonView = (horizon: Horizon, asOf: string): HorizonView => {
  const isBeyond = !isHeard(horizon, asOf);
  return {
    heardUntil: horizon.heardUntil,
    basis: horizon.basis,
    isBeyond,
    silentAccounts: isBeyond ? [] : silentAccounts(horizon, asOf),
  };
};

const HOUR_MS = 3_600_000;

/** How long after `heardUntil` a question is still answered: CloudTrail delivers within minutes, a heartbeat comes hourly. */
const BEYOND_MS = { files: HOUR_MS / 4, heartbeat: HOUR_MS + HOUR_MS / 4, simulation: HOUR_MS / 4 } as const;

/**
 * How long an account may be silent while others are heard of. A heartbeat comes every hour. In files, an account is
 * silent after its last call.
 */
const SILENT_MS = { files: 24 * HOUR_MS, heartbeat: 2 * HOUR_MS, simulation: 24 * HOUR_MS } as const;

/** Whether the ledger has heard enough to say what was true at a moment; with `account`, in that account. */
export const isHeard = (
  { heardUntil, basis, accounts, knownAt }: Horizon,
  at: string,
  account?: string,
): boolean => {
  if (basis === 'unknown') return !isAfter(at, knownAt, BEYOND_MS.files);
  const source = accounts.find((one) => one.heardUntil === heardUntil)?.source ?? 'files';
  if (heardUntil === null || isAfter(at, heardUntil, BEYOND_MS[source])) return false;
  if (account === undefined || basis === 'inferred') return true;
  const known = accounts.find((one) => one.account === account);
  return known !== undefined && !isAfter(at, known.heardUntil, SILENT_MS[known.source]);
};

const silentAccounts = (horizon: Horizon, at: string): AccountHorizon[] =>
  horizon.accounts.filter(({ account }) => !isHeard(horizon, at, account));

const isAfter = (at: string, until: string, ms: number): boolean => Date.parse(at) - Date.parse(until) > ms;

/**
 * Reads the {@link Horizon} as known at a moment. `span` finds the time that the events of resources span; it is absent
 * where that would take a read of the whole ledger.
 */
export const readHorizon = async (
  store: Pick<EventStore, 'read' | 'find'>,
  knownAt: string,
  span?: (knownAt: string) => Promise<Span | undefined>,
): Promise<Horizon> => {
  const listed = (await store.read(COVERED_ACCOUNTS)).flatMap(coverageIn(knownAt));
  const last = await Promise.all(
    listed.map(({ account }) => lastKnown(store, coverageStreamOf(account), knownAt)),
  );
  const accounts = last.flatMap((recorded) => (recorded ? coverageIn(knownAt)(recorded) : []));
  return horizonOf(knownAt, accounts, await span?.(knownAt), span !== undefined);
};

/** As {@link readHorizon}, from all events, or from those of the coverage streams. */
export const horizonIn = async (events: AsyncIterable<RecordedEvent>, knownAt: string): Promise<Horizon> => {
  const accounts = new Map<string, AccountHorizon>();
  const widen = widenedBy(knownAt);
  let span: Span | undefined;
  for await (const recorded of events) {
    const { stream, recordedAt, event } = recorded;
    // The accounts are in the streams of their own as well, oldest first.
    if (isLedgerStream(stream)) {
      for (const one of coverageIn(knownAt)(recorded))
        if (stream !== COVERED_ACCOUNTS) accounts.set(one.account, one);
    } else span = widen(span, { recordedAt, effectiveAt: event.effectiveAt });
  }
  const sorted = [...accounts.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
  return horizonOf(knownAt, sorted, span, true);
};

/** The coverage that an event records, if it was known. */
const coverageIn =
  (knownAt: string) =>
  (recorded: RecordedEvent): AccountHorizon[] => {
    const heard = recorded.recordedAt <= knownAt ? heardIn(recorded) : undefined;
    return heard ? [heard] : [];
  };

/** A stream holds at most so many events: one every hour for a century. */
const MOST_EVENTS = 2 ** 20;
const AT_ONCE = 32;

/**
 * The last event of a stream that was known at a moment. It is searched for by its seq, because a stream with an event
 * every hour is too long to be read for each question.
 */
const lastKnown = async (
  store: Pick<EventStore, 'find'>,
  stream: ResourceArn,
  knownAt: string,
): Promise<RecordedEvent | undefined> => {
  let last: RecordedEvent | undefined;
  let end = MOST_EVENTS;
  let seqs = Array.from({ length: Math.log2(MOST_EVENTS) }, (_, power) => 2 ** power);
  while (seqs.length > 0) {
    const found = await store.find(seqs.map((seq) => ({ stream, seq })));
    const known = new Map(found.filter((one) => one.recordedAt <= knownAt).map((one) => [one.seq, one]));
    end = seqs.find((seq) => !known.has(seq)) ?? end;
    last = known.get(seqs.filter((seq) => seq < end).at(-1) ?? 0) ?? last;
    seqs = between(last?.seq ?? 0, end);
  }
  return last;
};

/** Some places between two that divide what is between them evenly. */
const between = (after: number, before: number): number[] => {
  const step = Math.ceil((before - after) / (AT_ONCE + 1));
  const seqs: number[] = [];
  for (let seq = after + step; seq < before; seq += step) seqs.push(seq);
  return seqs;
};

/** What tagledger did itself is no sign that records still come, so only coverage counts where it was recorded. */
const horizonOf = (
  knownAt: string,
  accounts: readonly AccountHorizon[],
  span: Span | undefined,
  isSpanKnown: boolean,
): Horizon => {
  const began = span?.began ?? null;
  const until = accounts.map(({ heardUntil }) => heardUntil).sort();
  const last = until.at(-1);
  return last === undefined
    ? {
        knownAt,
        began,
        heardUntil: span?.newest ?? null,
        basis: isSpanKnown ? 'inferred' : 'unknown',
        accounts,
      }
    : { knownAt, began, heardUntil: last, basis: 'recorded', accounts };
};
