import { counted } from '../../../alerts/notices/alert-text.ts';
import type { TrailRange } from '../../../cloudtrail/digest/trail-range.ts';
import { isLoss, type SealedFinding } from '../../../sealing/check/sealed-finding.ts';
import type { Finding } from '../../../verifier/finding.ts';
import type { Provenance } from '../../../verifier/provenance.ts';
import type { Console, Format } from '../../terminal.ts';
import type { TextStyle } from '../../text-style.ts';
import { statusColour } from '../../views/status-colour.ts';
import { type TableColumn, table } from '../../views/table.ts';
import type { DigestFinding } from './digests.ts';

/**
 * What is checked. `integrity`: the events are consistent in themselves. `sealed`: they are those of the
 * sealed log. `completeness`: none of those that must be there is missing. `trail`: the creations of a trail
 * are recorded. `digests`: the files of that trail are those that CloudTrail's digest files list.
 */
const CHECKS = ['integrity', 'sealed', 'completeness', 'trail', 'digests'] as const;
type CheckName = (typeof CHECKS)[number];
type LedgerCheck = Exclude<CheckName, 'digests'>;

/** How a check ended. `not-checked`: nothing was found, because there was nothing to compare with. */
type CheckVerdict = 'ok' | 'failed' | 'not-checked';

const WORDS = { ok: 'OK', failed: 'FAILED', 'not-checked': 'NOT CHECKED' } as const;

/** What a check covered, if it found nothing. Its findings make it `failed`. */
export interface CheckOutcome {
  readonly verdict: Exclude<CheckVerdict, 'failed'>;
  /** What was checked and how much of it, or why it was not, in words. Absent for a check that nobody asked for. */
  readonly looked?: string;
  /** Absent if the check did not run. */
  readonly counts?: Readonly<Record<string, number | null>>;
}

/** The outcome of every check, and what the whole result rests on. */
export interface VerifyOutcome extends Readonly<Record<CheckName, CheckOutcome>> {
  /** What is true of the files of a trail, and when; empty without digest files. */
  readonly ranges: readonly TrailRange[];
  /** Where an exported file says that it comes from; null if it does not say, and for other ledgers. */
  readonly provenance: Provenance | null;
  /** One row about the origin of a file, one about the key, in words. */
  readonly notes: readonly (readonly string[])[];
  readonly isOwnKey: boolean;
  /** What stays unproven, one sentence each. */
  readonly unproven: readonly string[];
}

/** The number of findings per check. */
type Numbers = Readonly<Record<CheckName, number>>;

/** A finding with the check that it belongs to. */
type ReportedFinding = (Finding | SealedFinding | DigestFinding) & { readonly check: CheckName };

/**
 * Reports findings: NDJSON as they arrive; text and JSON at the end with a summary, in text only the first
 * findings. Sealed events that are not there are findings of `completeness`, whoever found them.
 */
export interface VerifyReport {
  readonly numbers: Numbers;
  add(check: LedgerCheck, findings: readonly (Finding | SealedFinding)[]): void;
  /** Adds a finding of the check `digests`. */
  addDigest(finding: DigestFinding): void;
  /** Writes the report. */
  finish(outcome: VerifyOutcome): void;
}

const MOST_SHOWN = 20;

export const verifyReport = (format: Format, { stdout, style }: Console): VerifyReport => {
  const kept: ReportedFinding[] = [];
  const numbers = { integrity: 0, sealed: 0, completeness: 0, trail: 0, digests: 0 };
  const keep = (found: ReportedFinding): void => {
    numbers[found.check] += 1;
    if (format === 'ndjson') stdout(JSON.stringify(found));
    else if (format === 'json' || kept.length < MOST_SHOWN) kept.push(found);
  };
  return {
    numbers,
    addDigest: (finding) => keep({ check: 'digests', ...finding }),
    add: (check, findings) => {
      for (const finding of findings) {
        const of = check === 'sealed' && isLoss(finding) ? 'completeness' : check;
        keep({ check: of, ...finding });
      }
    },
    finish: (outcome) => {
      if (format === 'json')
        stdout(JSON.stringify({ ...summaryView(outcome, numbers), findings: kept }, null, 2));
      if (format !== 'text') return;
      stdout(summaryText(outcome, numbers, style));
      if (outcome.ranges.length > 0) stdout(`\n${rangesText(outcome.ranges, style)}`);
      const total = Object.values(numbers).reduce((sum, number) => sum + number, 0);
      if (total > 0) stdout(`\n${findingsText(kept, total, style)}`);
    },
  };
};

const verdictOf = (check: CheckName, outcome: VerifyOutcome, numbers: Numbers): CheckVerdict =>
  numbers[check] > 0 ? 'failed' : outcome[check].verdict;

/** The summary in machine-readable form; null for a check that did not run. */
const summaryView = (outcome: VerifyOutcome, numbers: Numbers) => ({
  verdicts: Object.fromEntries(CHECKS.map((check) => [check, verdictOf(check, outcome, numbers)])),
  ...Object.fromEntries(
    CHECKS.map((check) => {
      const { counts } = outcome[check];
      const ranges = check === 'digests' ? { ranges: outcome.ranges } : {};
      return [check, counts ? { ...counts, findings: numbers[check], ...ranges } : null];
    }),
  ),
  provenance: outcome.provenance,
  ownKey: outcome.isOwnKey,
  unproven: outcome.unproven,
});

const SUMMARY: readonly TableColumn[] = [{}, { colour: statusColour }, { fit: 'wrap' }];

const summaryText = (outcome: VerifyOutcome, numbers: Numbers, style: TextStyle): string =>
  table(
    [
      ...outcome.notes,
      ...CHECKS.flatMap((check) => {
        const { looked } = outcome[check];
        if (looked === undefined) return [];
        const number = numbers[check];
        const findings = number === 0 ? '' : `${counted(number, 'finding')}; `;
        return [[check, WORDS[verdictOf(check, outcome, numbers)], `${findings}${looked}`]];
      }),
    ],
    style,
    SUMMARY,
  );

const RANGES: readonly TableColumn[] = [
  { name: 'account' },
  { name: 'region' },
  { name: 'trail', optional: 1, fit: 'cut' },
  { name: 'files' },
  { name: 'signature' },
  { name: 'from' },
  { name: 'until' },
  { name: 'digests', optional: 2 },
  { name: 'log files' },
];

const rangesText = (ranges: readonly TrailRange[], style: TextStyle): string =>
  table(
    ranges.map(({ account, region, trail, files, signature, from, until, digests, logFiles }) => [
      account ?? '',
      region ?? '',
      trail ?? '',
      files,
      signature ?? '',
      from ?? '',
      until ?? '',
      String(digests),
      String(logFiles),
    ]),
    style,
    RANGES,
  );

const FINDINGS: readonly TableColumn[] = [
  { name: 'finding' },
  { name: 'resource' },
  { name: 'seq' },
  { name: 'expected', fit: 'wrap', least: 16 },
  { name: 'found', fit: 'wrap', least: 16 },
];

const findingsText = (shown: readonly ReportedFinding[], total: number, style: TextStyle): string =>
  [
    ...(shown.length < total ? [`the first ${shown.length} of ${total} findings; -o ndjson gives all`] : []),
    table(
      shown.map(({ kind, stream, seq, expected, found }) => [
        kind,
        stream ?? '',
        String(seq ?? ''),
        expected,
        found,
      ]),
      style,
      FINDINGS,
    ),
  ].join('\n');
