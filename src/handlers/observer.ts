/** Where a handler says what it does: structured log lines and counts. Powertools in Lambda, anything in tests. */
export interface Observer {
  readonly info: (message: string, fields: Record<string, unknown>) => void;
  readonly error: (message: string, fields: Record<string, unknown>) => void;
  /** Adds to a metric of this invocation. */
  readonly count: (metric: Metric, value: number) => void;
}

/** What is counted in an invocation. */
export type Metric =
  | 'EventsAppended'
  | 'ResourcesApplied'
  | 'ResourcesFailed'
  | 'RequestsLeftForLater'
  | 'ChildrenFound'
  | 'ChildLookupsFailed'
  | 'RowsProjected'
  | 'RowsRepaired'
  | 'ResourcesSwept'
  | 'DifferencesFound'
  | 'ResourcesUnclear'
  | 'ResourcesHealed'
  | 'HealsRefused'
  | 'AttemptsRaised'
  | 'RequestsGivenUp'
  | 'EventsSealed'
  | 'StreamsNotSealed'
  | 'EventsArchived'
  | 'ArchiveGapsRepaired'
  | 'AlertsSent'
  | 'UnreadableRecords'
  | 'TamperedRecords';

/** An observer that keeps quiet. */
export const QUIET: Observer = { info() {}, error() {}, count() {} };
