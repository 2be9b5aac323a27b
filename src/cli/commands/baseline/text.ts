import type { FailedCall } from '../../../baseline/ask-account.ts';
import type { AbsentResource } from '../../../baseline/find-absent.ts';
import type { KnownBefore } from '../../../baseline/record-baseline.ts';
import type { TextStyle } from '../../text-style.ts';
import { COUNTS, table } from '../../views/table.ts';

/** The result of a baseline, for people and programs. */
export interface BaselineResult {
  /** When the first answer was asked for; null without an answer. */
  readonly takenAt: string | null;
  /** The resources that were shown. */
  readonly shown: number;
  readonly appended: number;
  readonly alreadyThere: number;
  /** What the ledger knew of the shown resources before. */
  readonly known: Readonly<Record<KnownBefore, number>>;
  /** What was not recorded. */
  readonly skipped: readonly { readonly what: string; readonly count: number }[];
  /** Resources that are shown and had ended long before, by the ledger. */
  readonly ended: readonly string[];
  /** Resources that should be shown, by the ledger. */
  readonly absent: readonly AbsentResource[];
  /** Calls that failed for good: what they would have shown is missing. */
  readonly failed: readonly FailedCallView[];
}

/** A failed call as one flat object. */
interface FailedCallView extends Pick<FailedCall, 'operation' | 'account' | 'region'> {
  readonly code: string;
  readonly message: string;
}

const KNOWN: readonly (readonly [KnownBefore, string])[] = [
  ['new', 'of which not all tags were known, if any: they are known from now on'],
  ['same', 'with the tags that the ledger had'],
  ['different', 'with other tags than the ledger had'],
  ['ended', 'which had ended, by the ledger: nothing changes for them'],
];

/** A result as text: the counts, and what contradicts the ledger. */
export const resultText = (result: BaselineResult, style: TextStyle): string => {
  const { shown, appended, alreadyThere, known, skipped, ended, absent } = result;
  const counts = [
    ['shown', String(shown), 'resources'],
    ...KNOWN.filter(([name]) => known[name] > 0).map(([name, text]) => ['', String(known[name]), text]),
    ['appended', String(appended)],
    ['already there', String(alreadyThere)],
    ['skipped', String(skipped.reduce((sum, { count }) => sum + count, 0))],
    ...skipped.map(({ what, count }) => ['', String(count), what]),
    ['not shown', String(absent.length), 'resources that exist, by the ledger'],
  ];
  return [
    table(counts, style, COUNTS),
    ...listed(
      'These exist, by the ledger, and are not shown. They may have ended without a record:',
      absent.map(({ arn, knownSince }) => [arn, knownSince === null ? '' : `known since ${knownSince}`]),
      style,
    ),
    ...listed(
      'These are shown, and had ended, by the ledger:',
      ended.map((arn) => [arn]),
      style,
    ),
  ].join('\n');
};

const listed = (
  heading: string,
  rows: readonly (readonly string[])[],
  style: TextStyle,
): readonly string[] => (rows.length > 0 ? ['', heading, table(rows, style)] : []);
