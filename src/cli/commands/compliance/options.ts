import { COLUMNS, type CsvColumn } from '../../../compliance/csv.ts';
import { STATUSES } from '../../../compliance/status.ts';
import type { ComplianceStatus } from '../../../policies/policy.ts';
import { isDate, readCourse, readInstant } from '../../../projections/moment.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { askedMoment } from '../../moment-options.ts';
import { ofForm, readTyped } from '../../option-values.ts';
import type { ComplianceFormat, ComplianceInvocation } from './flags.ts';

type Values = ComplianceInvocation['values'];

/** The value of `--product-arn`, checked; undefined if it is absent. */
export const productArnOf = (values: Values): string | undefined => {
  const arn = values['product-arn'];
  return arn === undefined
    ? undefined
    : ofForm('product-arn', arn, isProductArn, 'the ARN of a product of Security Hub');
};

/** The time of `--update-of`; undefined if it is absent. Throws a `WrongUsageError` for another format than OCSF. */
export const updateOfIn = (values: Values, format: ComplianceFormat): string | undefined => {
  const at = values['update-of'];
  if (at === undefined) return undefined;
  if (format !== 'ocsf') throw new WrongUsageError('--update-of is for -o ocsf. Leave it out.');
  return readTyped(() => readInstant('--update-of', at));
};

const isProductArn = (text: string): boolean =>
  /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:\d{0,12}:product\/\S+$/.test(text);

/**
 * The statuses of the listed findings. The default is every status but `compliant`, or all statuses for OCSF
 * and ASFF, whose readers keep findings and need to know when one is resolved.
 */
export const statusesOf = (values: Values, format: ComplianceFormat): ReadonlySet<ComplianceStatus> => {
  if (values.status.length > 0) return new Set(values.status);
  return new Set(
    format === 'ocsf' || format === 'asff' ? STATUSES : STATUSES.filter((s) => s !== 'compliant'),
  );
};

/** The columns of CSV. */
export const csvColumnsOf = ({ columns }: Values): readonly CsvColumn[] =>
  columns === undefined
    ? COLUMNS
    : columns.split(',').flatMap((name) => COLUMNS.filter((one) => one === name));

/**
 * The instant of `--policy-at`; undefined if it is absent. Throws a `WrongUsageError` if it is combined with
 * policy files.
 */
export const policyAtOf = (values: Values, files: readonly string[]): string | undefined => {
  const at = values['policy-at'];
  if (at !== undefined && files.length > 0) {
    throw new WrongUsageError(
      '--policy-at takes a policy that the ledger recorded, and --policy one of a file. Leave one of them out.',
    );
  }
  return at === undefined ? undefined : readTyped(() => readInstant('--policy-at', at));
};

/**
 * What was found in a selection. `empty`: no resource was evaluated. `beyond`: the moment is beyond the horizon.
 * `unheard`: an account was not heard of for so long that resources are unknown.
 */
export type Judged = Readonly<Record<'violating' | 'unknown' | 'empty' | 'beyond' | 'unheard', boolean>>;

/**
 * Decides how the command ends. A moment beyond the horizon is unknown. With `--fail-on`, a violation is a finding, and an empty selection is
 * unknown, because it has no compliant resource, and so is an account that fell silent. With `--fail-on unknown`, a resource with unknown status
 * makes the result unknown, too.
 */
export const failsOn = (values: Values): ((judged: Judged) => Exit) => {
  const level = values['fail-on'];
  if (level === undefined) return ({ beyond }) => exitOf({ unknown: beyond });
  return ({ violating, unknown, empty, beyond, unheard }) =>
    exitOf({ finding: violating, unknown: beyond || empty || unheard || (level === 'unknown' && unknown) });
};

/** The instants of a question over time. */
export interface Course {
  readonly asOf: readonly string[];
  readonly knownAt: string;
  /** Whether each instant is the end of a day. */
  readonly isByDay: boolean;
}

/** The instants that `--from`, `--to` and `--step` select; undefined if the question is about one moment. */
export const courseOf = (values: Values, now: Date): Course | undefined => {
  const { from, to } = values;
  if (from === undefined && to === undefined && values.step === undefined) return undefined;
  if (from === undefined || to === undefined || values['as-of'] !== undefined) {
    throw new WrongUsageError(
      'Compliance over time needs both --from and --to, with --step (1d by default) and without --as-of.',
    );
  }
  const listing = (['status', 'limit', 'sort', 'columns'] as const).filter(
    (name) => values[name] !== undefined && values[name].length > 0,
  );
  if (listing.length > 0)
    throw new WrongUsageError(
      `Compliance over time lists no findings. Leave out ${listing.map((name) => `--${name}`).join(' and ')}, or ask about one moment with --as-of.`,
    );
  const step = values.step ?? '1d';
  return {
    asOf: readTyped(() => readCourse({ from, to, step })),
    knownAt: askedMoment(values, now).knownAt,
    isByDay: isDate(from) && /[dw]$/.test(step),
  };
};
