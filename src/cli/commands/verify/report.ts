import type { SealedFinding } from '../../../sealing/check/sealed-finding.ts';
import type { Finding } from '../../../verifier/finding.ts';
import type { Console, Format } from '../../terminal.ts';
import { table } from '../../views/table.ts';

/** The scope of one check. */
export interface Respect {
  /** What was checked and how much of it, in words. */
  readonly looked: string;
  readonly counts: Readonly<Record<string, number>>;
  /** False if there was nothing to compare with, which is not the same as no findings. */
  readonly isChecked?: boolean;
}

/** A finding with the check that it belongs to. */
type ReportedFindings = (Finding | SealedFinding) & {
  readonly check: 'integrity' | 'sealed' | 'completeness';
};

/**
 * Reports findings: NDJSON as they arrive; text and JSON at the end with a summary, in text only the first
 * findings.
 */
export interface VerifyReport {
  add(check: ReportedFindings['check'], findings: readonly (Finding | SealedFinding)[]): void;
  /** Writes the report. A check that did not run is undefined. Returns the number of findings. */
  finish(integrity: Respect, sealed: Respect | undefined, completeness: Respect | undefined): number;
}

const MOST_SHOWN = 20;

/** What stays undetected without the sealed log, and how to check it. */
const NOT_SEALED =
  'give the public key of the log with --key FILE: a tail that was cut, a resource that is gone and a history hashed anew break no chain';

/** How to check for missing events. */
const NO_TRAIL = 'give the files of a trail with --trail FILE';

/** The number of findings per check. */
type Numbers = Readonly<Record<ReportedFindings['check'], number>>;

export const verifyReport = (format: Format, { stdout }: Console): VerifyReport => {
  const kept: ReportedFindings[] = [];
  const numbers = { integrity: 0, sealed: 0, completeness: 0 };
  return {
    add: (check, findings) => {
      numbers[check] += findings.length;
      for (const finding of findings) {
        const found: ReportedFindings = { check, ...finding };
        if (format === 'ndjson') stdout(JSON.stringify(found));
        else if (format === 'json' || kept.length < MOST_SHOWN) kept.push(found);
      }
    },
    finish: (integrity, sealed, completeness) => {
      const total = numbers.integrity + numbers.sealed + numbers.completeness;
      const respects = { integrity, sealed, completeness };
      if (format === 'json') {
        stdout(JSON.stringify({ ...summaryView(respects, numbers), findings: kept }, null, 2));
      }
      if (format === 'text') {
        stdout(summaryText(respects, numbers));
        if (total > 0) stdout(`\n${findingsText(kept, total)}`);
      }
      return total;
    },
  };
};

interface Respects {
  readonly integrity: Respect;
  readonly sealed: Respect | undefined;
  readonly completeness: Respect | undefined;
}

/** The summary in machine-readable form; null for a check that did not run. */
const summaryView = ({ integrity, sealed, completeness }: Respects, numbers: Numbers) => ({
  integrity: { ...integrity.counts, findings: numbers.integrity },
  sealed: sealed ? { ...sealed.counts, findings: numbers.sealed } : null,
  completeness: completeness ? { ...completeness.counts, findings: numbers.completeness } : null,
});

const summaryText = ({ integrity, sealed, completeness }: Respects, numbers: Numbers): string => {
  const hasFindings = Object.values(numbers).some((number) => number > 0);
  // Without events or findings, there was nothing to check.
  const isChecked = hasFindings || integrity.counts.events !== 0;
  return table([
    respectRow('integrity', numbers, { ...integrity, isChecked }, ''),
    respectRow('sealed', numbers, sealed, NOT_SEALED),
    respectRow('completeness', numbers, completeness, NO_TRAIL),
  ]);
};

/** The summary row of one check. If the check did not run, `absent` says how to run it. */
const respectRow = (
  check: ReportedFindings['check'],
  numbers: Numbers,
  respect: Respect | undefined,
  absent: string,
): readonly string[] =>
  respect
    ? [check, respect.isChecked === false ? 'not checked' : numberText(numbers[check]), respect.looked]
    : [check, 'not checked', absent];

const numberText = (findings: number): string =>
  findings === 0 ? 'as it should be' : `${findings} finding${findings === 1 ? '' : 's'}`;

const findingsText = (shown: readonly ReportedFindings[], total: number): string =>
  [
    ...(shown.length < total
      ? [`the first ${shown.length} of ${total} findings; --format ndjson gives all`]
      : []),
    table([
      ['finding', 'resource', 'seq', 'expected', 'found'],
      ...shown.map(({ kind, stream, seq, expected, found }) => [
        kind,
        stream ?? '',
        String(seq ?? ''),
        expected,
        found,
      ]),
    ]),
  ].join('\n');
