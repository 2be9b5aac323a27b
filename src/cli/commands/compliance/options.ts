import { accountId } from '../../../cloudtrail/account.ts';
import { TYPES } from '../../../cloudtrail/operations/generated.ts';
import type { Selection } from '../../../compliance/selection.ts';
import { STATUSES } from '../../../compliance/status.ts';
import { GROUPINGS, type Grouping } from '../../../compliance/tally.ts';
import { isRegion } from '../../../events/resource-arn.ts';
import type { Tag } from '../../../events/tag.ts';
import type { ComplianceStatus } from '../../../policies/policy.ts';
import { isDate, readCourse, readInstant } from '../../../projections/moment.ts';
import type { Invocation } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { askedMoment, MOMENT_OPTIONS, optionText } from '../../moment-options.ts';
import { ofForm, oneOf, readTyped, unknownName } from '../../option-values.ts';

/** The output formats of `tagledger compliance`. */
export const COMPLIANCE_FORMATS = ['text', 'json', 'ndjson', 'csv', 'ocsf', 'asff'] as const;
export type ComplianceFormat = (typeof COMPLIANCE_FORMATS)[number];

const many = { type: 'string', multiple: true } as const;
const one = { type: 'string' } as const;

/** The options of `tagledger compliance`. */
export const COMPLIANCE_OPTIONS = {
  policy: many,
  'policy-at': one,
  ...MOMENT_OPTIONS,
  from: one,
  to: one,
  step: one,
  account: many,
  region: many,
  type: many,
  creator: many,
  owner: many,
  tag: many,
  by: one,
  status: many,
  'fail-on': one,
  'product-arn': one,
} as const;

type Values = Invocation['values'];

/** The part of the fleet that the options select. */
export const selectionOf = (values: Values): Selection => ({
  account: listOf(values, 'account').map((one) =>
    ofForm('account', one, isAccountId, 'the 12 digits of an account'),
  ),
  region: listOf(values, 'region').map((one) =>
    ofForm('region', one, isRegion, 'the name of a Region, such as eu-west-1'),
  ),
  type: listOf(values, 'type').map(typeOf),
  creator: [...listOf(values, 'creator'), ...listOf(values, 'owner')],
  tag: listOf(values, 'tag').map(tagOf),
});

/** The options that select a part of the fleet. */
export const SELECTING = ['account', 'region', 'type', 'creator', 'owner', 'tag'] as const;

const typeOf = (type: string): string => {
  if (TYPES.includes(type)) return type;
  throw unknownName('resource type', type, TYPES, 'Type `tagledger coverage` for all resource types');
};

/** The value of `--product-arn`, checked; undefined if it is absent. */
export const productArnOf = (values: Values): string | undefined => {
  const arn = optionText(values, 'product-arn');
  return arn === undefined
    ? undefined
    : ofForm('product-arn', arn, isProductArn, 'the ARN of a product of Security Hub');
};

const isAccountId = (text: string): boolean => accountId(text) !== undefined;

const isProductArn = (text: string): boolean =>
  /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:\d{0,12}:product\/\S+$/.test(text);

const listOf = (values: Values, option: string): readonly string[] =>
  [values[option] ?? []].flat().map(String);

const tagOf = (text: string): Tag => {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUsageError(`got --tag ${text}, expected KEY=VALUE such as Env=prod`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
};

/** What resources are counted by: `rule` by default. */
export const groupingOf = (values: Values): Grouping => {
  const by = optionText(values, 'by') ?? 'rule';
  return by === 'owner' ? 'creator' : oneOf('by', by, GROUPINGS);
};

/**
 * The notes on options whose names have changed. Until version 0.2 they meant by owner the creator; the old
 * names work until 0.3.
 */
export const renamedOptions = (values: Values): readonly string[] => [
  ...(values.owner === undefined ? [] : [renamed('--owner', '--creator')]),
  ...(values.by === 'owner' ? [renamed('--by owner', '--by creator')] : []),
];

const renamed = (before: string, now: string): string =>
  `note: ${before} means who created a resource, and is called ${now} now. Type ${now}: the old name will be removed.`;

/**
 * The statuses of the listed findings. The default is every status but `compliant`, or all statuses for OCSF
 * and ASFF, whose readers keep findings and need to know when one is resolved.
 */
export const statusesOf = (values: Values, format: ComplianceFormat): ReadonlySet<ComplianceStatus> => {
  const said = listOf(values, 'status').map((status) => oneOf('status', status, STATUSES));
  if (said.length > 0) return new Set(said);
  return new Set(
    format === 'ocsf' || format === 'asff' ? STATUSES : STATUSES.filter((s) => s !== 'compliant'),
  );
};

/**
 * The instant of `--policy-at`; undefined if it is absent. Throws a `WrongUsageError` if it is combined with
 * policy files.
 */
export const policyAtOf = (values: Values, files: readonly string[]): string | undefined => {
  const at = optionText(values, 'policy-at');
  if (at !== undefined && files.length > 0) {
    throw new WrongUsageError(
      'got --policy-at with --policy, expected one of them: the policy that the ledger recorded, or that of files',
    );
  }
  return at === undefined ? undefined : readTyped(() => readInstant('--policy-at', at));
};

/** The levels of `--fail-on`, the stricter one last. */
const FAIL_ON = ['violating', 'unknown'] as const;

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
  const said = optionText(values, 'fail-on');
  if (said === undefined) return ({ beyond }) => exitOf({ unknown: beyond });
  const level = oneOf('fail-on', said, FAIL_ON);
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
  const [from, to] = [optionText(values, 'from'), optionText(values, 'to')];
  if (from === undefined && to === undefined && values.step === undefined) return undefined;
  if (from === undefined || to === undefined || values['as-of'] !== undefined) {
    throw new WrongUsageError(
      'Compliance over time needs both --from and --to, with --step (1d by default) and without --as-of.',
    );
  }
  const step = optionText(values, 'step') ?? '1d';
  return {
    asOf: readTyped(() => readCourse({ from, to, step })),
    knownAt: askedMoment(values, now).knownAt,
    isByDay: isDate(from) && /[dw]$/.test(step),
  };
};
