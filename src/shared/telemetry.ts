/** Where a handler says what it does: structured log lines, counts and measures. Powertools in Lambda, anything in tests. */
export interface Telemetry {
  readonly info: (message: string, fields: Record<string, unknown>) => void;
  readonly error: (message: string, fields: Record<string, unknown>) => void;
  /** Adds to a metric of this invocation. */
  readonly count: (metric: Metric, value: number) => void;
  /** Gives one more value of a measure, of which the largest or a percentile is of interest. */
  readonly measure: (measure: Measure, value: number) => void;
}

/** What is counted in an invocation. */
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
 * What is measured, all in seconds. `TimeToTag`: from the call, by CloudTrail's own time, until its tags are recorded as
 * applied; `OldestRequestAge` and `OldestUnsealedAge`: how long the oldest one has been waiting, 0 when none is.
 */
export const MEASURES = ['TimeToTag', 'OldestRequestAge', 'OldestUnsealedAge'] as const;
export type Measure = (typeof MEASURES)[number];

/** An observer that keeps quiet. */
export const QUIET: Telemetry = { info() {}, error() {}, count() {}, measure() {} };
