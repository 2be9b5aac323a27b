import type { FindingView } from './finding-view.ts';
import type { Frame } from './frame.ts';
import type { ComplianceTotals } from './tally.ts';

/** A whole answer, or one page of it. */
export interface ComplianceAnswer extends Frame, ComplianceTotals {
  readonly findings: readonly FindingView[];
}
