import { accountId } from '../cloudtrail/account.ts';
import { isBody, type JsonBody } from '../cloudtrail/body/walk.ts';
import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import { isHeartbeat } from '../cloudtrail/heartbeat.ts';
import { isStateChange } from '../cloudtrail/state-change-event.ts';
import { isTagChange } from '../cloudtrail/tag-change-event.ts';
import type { AccountCoverage } from '../commands/record-coverage.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { instantOf } from '../shared/time.ts';

/** Collects which accounts a run heard of. */
export interface CoverageOfRecords {
  /** Adds an input, also one that is skipped, as far as it says its account and time. */
  add(input: unknown): void;
  /** Adds what was collected elsewhere. */
  merge(coverages: readonly AccountCoverage[]): void;
  /** One coverage for each account, sorted by account. */
  coverages(): readonly AccountCoverage[];
}

/** Starts to collect what a run of `ingest` hears until `now`: a record of a later time is wrong about it. */
export const coverageOfRecords = (now: () => Date): CoverageOfRecords => {
  const accounts = new Map<string, { from: string; to: string; readonly regions: Set<string> }>();
  const widen = ({ account, from, to, regions }: Omit<AccountCoverage, 'source'>) => {
    const known = accounts.get(account) ?? { from, to, regions: new Set<string>() };
    accounts.set(account, known);
    if (from < known.from) known.from = from;
    if (to > known.to) known.to = to;
    for (const region of regions) known.regions.add(region);
  };
  const hear = (message: JsonBody) => {
    const [account, at, region] = timeIn(message);
    if (account === undefined || at === undefined || at > now().toISOString()) return;
    const isNamed = typeof region === 'string' && region !== '';
    widen({ account, from: at, to: at, regions: isNamed ? [region] : [] });
  };
  return {
    add(input) {
      for (const one of inside(input)) if (isBody(one) && !isHeartbeat(one)) hear(one);
    },
    merge: (coverages) => coverages.forEach(widen),
    coverages: () =>
      [...accounts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([account, { from, to, regions }]) => ({
          account,
          source: 'files',
          from,
          to,
          regions: [...regions].sort(),
        })),
  };
};

const inside = (input: unknown): readonly unknown[] => {
  try {
    return unwrapEnvelopes(input);
  } catch (error) {
    // The intake rejects it, and says why.
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
};

/** The account, moment and Region of a record or of an event of EventBridge's own, as far as it has usable ones. */
const timeIn = (message: JsonBody): [string | undefined, string | undefined, unknown] => {
  const [account, time, region] =
    isTagChange(message) || isStateChange(message)
      ? [message.account, message.time, message.region]
      : [recipientOf(message), message.eventTime, message.awsRegion];
  return [accountIn(account), typeof time === 'string' ? instantOf(time) : undefined, region];
};

const accountIn = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? accountId(value) : undefined;

/** As `accountOf` finds it in a parsed record. */
const recipientOf = ({ recipientAccountId, userIdentity }: JsonBody): unknown =>
  accountIn(recipientAccountId) ?? (isBody(userIdentity) ? userIdentity.accountId : undefined);
