import type { Result, SkipReason } from '../../intake/planned-write.ts';
import { countOne } from '../../shared/collections.ts';

/** An intake result with the file and position of its record. */
export type Ingested = Result & { readonly file: string; readonly position: string };

/** The number of results of each kind. */
export interface Tally {
  readonly records: number;
  readonly appended: number;
  readonly alreadyThere: number;
  readonly skipped: number;
  readonly rejected: number;
  /** Appended events by type, most frequent first. */
  readonly events: Readonly<Record<string, number>>;
  /** Records or resources that were skipped, by reason, most frequent first. */
  readonly skippedBecause: Readonly<Record<string, number>>;
}

/** Counts results incrementally. */
export interface RunningTally {
  /** Adds results. All results of one record must be added in the same call. */
  add(results: readonly Ingested[]): void;
  total(): Tally;
}

export const startTally = (): RunningTally => {
  let records = 0;
  const outcomes = new Map<string, number>();
  const events = new Map<string, number>();
  const reasons = new Map<string, number>();
  const of = (outcome: Ingested['outcome']) => outcomes.get(outcome) ?? 0;
  return {
    add: (results) => {
      records += new Set(results.map(({ file, position }) => `${file} ${position}`)).size;
      for (const { outcome, event = '', why = '' } of results) {
        countOne(outcomes, outcome);
        if (outcome === 'appended') countOne(events, event);
        if (outcome === 'skipped') countOne(reasons, why);
      }
    },
    total: () => ({
      records,
      appended: of('appended'),
      alreadyThere: of('already-there'),
      skipped: of('skipped'),
      rejected: of('rejected'),
      events: mostFirst(events),
      skippedBecause: mostFirst(reasons),
    }),
  };
};

/** Counts results. `records` counts inputs, because one record can concern many resources. */
export const tallyOf = (results: readonly Ingested[]): Tally => {
  const tally = startTally();
  tally.add(results);
  return tally.total();
};

const mostFirst = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));

/** Skip reasons as plural phrases. */
export const PHRASES: Readonly<Record<SkipReason, string>> = {
  'not-ec2': 'calls of other services',
  'not-a-change': 'reads, and calls that create and end nothing',
  'failed-call': 'calls that failed',
  'dry-run': 'dry runs',
  'unsupported-operation': 'calls that may create something which is not followed yet',
  incomplete: 'records without eventID, eventTime or awsRegion',
  'no-account': 'records without an account',
  'no-region': 'records of no real Region',
  'no-id': 'records without a usable resource id (omitted, cut or masked)',
  omitted: 'records too long for CloudTrail, which left out their resources',
  'no-tags': 'tagging calls without a readable tag',
  'own-call': "tagged by tagledger's own calls, coming back",
  remembered: 'roles assumed by a person, remembered for the calls of their sessions',
  'no-rule': 'resources of a type that no rule is for',
  'no-call': 'Insights events and digest files',
  observing: 'requests for tags, which a ledger that only observes does not record',
  'nothing-to-set': 'resources that have the tags, or others that are kept',
  heard: 'heartbeats that are known already',
  'no-dependency': 'calls about what ends with a resource, of which nothing is known',
  retired: 'resources that have ended',
  'format-1': 'calls that events of format 1 cannot record (EVENT_FORMAT)',
};

/** A tally as table rows: name, count, details. */
export const tallyRows = (tally: Tally): string[][] => [
  ['records', String(tally.records)],
  ['appended', String(tally.appended), list(tally.events)],
  ['already there', String(tally.alreadyThere)],
  ['skipped', String(tally.skipped)],
  ...Object.entries(tally.skippedBecause).map(([reason, n]) => [
    '',
    String(n),
    PHRASES[reason as SkipReason],
  ]),
  ['rejected', String(tally.rejected)],
];

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
