import { heardIn } from '../events/coverage.ts';
import { COVERED_ACCOUNTS, coverageStreamOf } from '../events/ledger-stream.ts';
import { isAmong, type RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type CoverageRecorded, eventIdOf } from '../events/tag-event.ts';
import { type Decision, type Ledger, transact } from './transact.ts';

/** The records of one account that were read: their times (ISO 8601, UTC, milliseconds) and Regions, sorted. */
export type AccountCoverage = Pick<CoverageRecorded, 'account' | 'source' | 'from' | 'to' | 'regions'>;

/**
 * What to record of a coverage, in this order: the account is listed first, because a coverage that nobody finds would
 * be of no use. The same coverage is recorded once, and a heartbeat only if it is later than all before.
 */
export const coverageDecisions = (
  coverage: AccountCoverage,
): readonly { readonly stream: ResourceArn; readonly decide: Decision }[] => [
  { stream: COVERED_ACCOUNTS, decide: listAccount(coverage) },
  { stream: coverageStreamOf(coverage.account), decide: decideCoverage(coverage) },
];

/** Records a coverage. A ledger that writes format 1 records nothing. */
export const recordCoverage = async (ledger: Ledger, coverage: AccountCoverage): Promise<void> => {
  for (const { stream, decide } of coverageDecisions(coverage)) await transact(ledger, stream, decide);
};

const listAccount =
  (coverage: AccountCoverage): Decision =>
  (_, events) => {
    const { account } = coverage;
    const isListed = events.some(
      ({ event }) => event.type === 'CoverageRecorded' && event.account === account,
    );
    return isListed ? [] : [coverageRecorded(COVERED_ACCOUNTS, coverage, coverage.to)];
  };

const decideCoverage =
  (coverage: AccountCoverage): Decision =>
  (_, events) => {
    const before = events.at(-1) && heardIn(events.at(-1) as RecordedEvent);
    const { account, source, to } = coverage;
    const isLater = !before || to > before.heardUntil;
    if (source === 'heartbeat' && !isLater) return [];
    const stream = coverageStreamOf(account);
    const event = isLater
      ? coverageRecorded(stream, coverage, to)
      : { ...coverageRecorded(stream, coverage, before.heardUntil), heardBy: before.source };
    return isAmong(events, event.eventId) ? [] : [event];
  };

const coverageRecorded = (
  stream: string,
  coverage: AccountCoverage,
  heardUntil: string,
): CoverageRecorded => {
  const { account, source, from, to, regions } = coverage;
  const eventId = eventIdOf('coverage', stream, JSON.stringify([account, source, from, to, regions]));
  return { type: 'CoverageRecorded', eventId, effectiveAt: to, ...coverage, heardUntil };
};
