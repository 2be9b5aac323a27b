/**
 * Where a handler reports what it does: structured log lines, counts and measures.
 * Powertools implements it in Lambda.
 */
export interface Telemetry {
  readonly info: (message: string, fields: Record<string, unknown>) => void;
  readonly error: (message: string, fields: Record<string, unknown>) => void;
  /** Adds to a metric of this invocation. */
  readonly count: (metric: Metric, value: number) => void;
  /** Records one more value of a measure, whose maximum or percentiles are of interest. */
  readonly measure: (measure: Measure, value: number) => void;
}

/** The metrics that an invocation counts. */
export const METRICS = [
  'EventsAppended',
  'RequestsRecorded',
  'ResourcesApplied',
  'ResourcesFailed',
  'FinalFailures',
  'RequestsLeftForLater',
  'ChildrenFound',
  'ChildLookupsFailed',
  'RowsProjected',
  'RowsRepaired',
  'ResourcesSwept',
  'DifferencesFound',
  'ResourcesUnclear',
  'ResourcesHealed',
  'HealsRefused',
  'AttemptsRaised',
  'RequestsGivenUp',
  'EventsSealed',
  'StreamsNotSealed',
  'EventsArchived',
  'ArchiveGapsRepaired',
  'AlertsSent',
  'UnreadableRecords',
  'TamperedRecords',
] as const;
export type Metric = (typeof METRICS)[number];

/**
 * The measures, all in seconds. `TimeToTag` is the time from the call, by CloudTrail's clock, until
 * its tags are recorded as applied. `OldestRequestAge` and `OldestUnsealedAge` are how long the oldest
 * one has waited, 0 if none waits.
 */
export const MEASURES = ['TimeToTag', 'OldestRequestAge', 'OldestUnsealedAge'] as const;
export type Measure = (typeof MEASURES)[number];

/** Telemetry that discards everything. */
export const QUIET: Telemetry = { info() {}, error() {}, count() {}, measure() {} };
