import type { EventStore } from '../events/event-store.ts';
import { COVERED_ACCOUNTS, coverageStreamOf, isLedgerStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { CoverageRecorded } from '../events/tag-event.ts';

/** Until when the ledger has heard of an account. */
export type AccountHorizon = Pick<CoverageRecorded, 'account' | 'heardUntil' | 'source'>;

/**
 * Until when the ledger has heard of AWS, as known at a moment. What happened later is unknown.
 */
export interface Horizon {
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

/** How long after `heardUntil` a question is still answered: CloudTrail delivers within minutes. */
const BEYOND_MS = 15 * 60_000;

/**
 * How long an account may be silent while others are heard of. A heartbeat comes every hour. In files, an account is
 * silent after its last call.
 */
const SILENT_MS = { heartbeat: 2 * 3_600_000, files: 24 * 3_600_000 } as const;

/** Whether the ledger has heard enough to say what was true at a moment; with `account`, in that account. */
export const isHeard = ({ heardUntil, basis, accounts }: Horizon, at: string, account?: string): boolean => {
  if (basis === 'unknown') return true;
  if (heardUntil === null || isAfter(at, heardUntil, BEYOND_MS)) return false;
  const known = accounts.find((one) => one.account === account);
  return !known || !isAfter(at, known.heardUntil, SILENT_MS[known.source]);
};

/** The accounts of which the ledger has not heard enough to say what was true at a moment. */
export const silentAccounts = (horizon: Horizon, at: string): AccountHorizon[] =>
  horizon.accounts.filter(({ account }) => !isHeard(horizon, at, account));

const isAfter = (at: string, until: string, ms: number): boolean => Date.parse(at) - Date.parse(until) > ms;

/**
 * Reads the {@link Horizon} as known at a moment. `newest` finds the latest `effectiveAt` of the events of resources
 * known then; it is absent where that would take a read of the whole ledger, and is then not asked.
 */
export const readHorizon = async (
  store: Pick<EventStore, 'read' | 'find'>,
  knownAt: string,
  newest?: (knownAt: string) => Promise<string | undefined>,
): Promise<Horizon> => {
  const listed = (await store.read(COVERED_ACCOUNTS)).flatMap(coverageIn(knownAt));
  const last = await Promise.all(
    listed.map(({ account }) => lastKnown(store, coverageStreamOf(account), knownAt)),
  );
  const accounts = last.flatMap((recorded) => (recorded ? coverageIn(knownAt)(recorded) : []));
  return horizonOf(accounts, await newest?.(knownAt), newest !== undefined);
};

/** As {@link readHorizon}, from all events, for a file that has no index. */
export const horizonIn = async (events: AsyncIterable<RecordedEvent>, knownAt: string): Promise<Horizon> => {
  const accounts = new Map<string, AccountHorizon>();
  let newest: string | undefined;
  for await (const recorded of events) {
    const { stream, recordedAt, event } = recorded;
    // The accounts are in the streams of their own as well, oldest first.
    if (isLedgerStream(stream)) {
      for (const one of coverageIn(knownAt)(recorded))
        if (stream !== COVERED_ACCOUNTS) accounts.set(one.account, one);
    } else if (recordedAt <= knownAt && event.effectiveAt > (newest ?? '')) newest = event.effectiveAt;
  }
  const sorted = [...accounts.values()].sort((a, b) => (a.account < b.account ? -1 : 1));
  return horizonOf(sorted, newest, true);
};

/** The coverage that an event records, if it was known. */
const coverageIn =
  (knownAt: string) =>
  ({ recordedAt, event }: RecordedEvent): AccountHorizon[] => {
    if (event.type !== 'CoverageRecorded' || recordedAt > knownAt) return [];
    const { account, heardUntil, source } = event;
    return [{ account, heardUntil, source }];
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

const horizonOf = (
  accounts: readonly AccountHorizon[],
  newest: string | undefined,
  isNewestKnown: boolean,
): Horizon => {
  const until = [...accounts.map(({ heardUntil }) => heardUntil), ...(newest === undefined ? [] : [newest])];
  const heardUntil = until.sort().at(-1) ?? null;
  const basis = accounts.length > 0 ? 'recorded' : isNewestKnown ? 'inferred' : 'unknown';
  return { heardUntil, basis, accounts };
};
