import type { Selection } from '../compliance/selection.ts';
import { STATUSES } from '../compliance/status.ts';
import { GROUPINGS, type Grouping } from '../compliance/tally.ts';
import type { Tag } from '../events/tag.ts';
import type { Status } from '../policies/policy.ts';
import { readCourse, readInstant } from '../projections/moment.ts';
import type { Invocation } from './command.ts';
import { MOMENT_OPTIONS, momentOf, textOf } from './moment-options.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** The formats of `tagledger compliance`. */
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
  account: listOf(values, 'account'),
  region: listOf(values, 'region'),
  type: listOf(values, 'type'),
  owner: listOf(values, 'owner'),
  tag: listOf(values, 'tag').map(tagOf),
});

const listOf = (values: Values, option: string): readonly string[] =>
  [values[option] ?? []].flat().map(String);

const tagOf = (text: string): Tag => {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUsageError(`got --tag ${text}, expected KEY=VALUE such as Env=prod`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
};

/** What resources are counted by: rules unless `--by` says. */
export const groupingOf = (values: Values): Grouping =>
  oneOf('by', textOf(values, 'by') ?? 'rule', GROUPINGS);

/**
 * The statuses of the findings that are listed. Unless `--status` says, everything but what complies; all in the
 * formats whose readers keep findings and want to hear that one is settled.
 */
export const statusesOf = (values: Values, format: ComplianceFormat): ReadonlySet<Status> => {
  const said = listOf(values, 'status').map((status) => oneOf('status', status, STATUSES));
  if (said.length > 0) return new Set(said);
  return new Set(
    format === 'ocsf' || format === 'asff' ? STATUSES : STATUSES.filter((s) => s !== 'compliant'),
  );
};

/** The instant of `--policy-at`; a policy comes from files, or from the ledger. */
export const policyAtOf = (values: Values, files: readonly string[]): string | undefined => {
  const at = textOf(values, 'policy-at');
  if (at !== undefined && files.length > 0) {
    throw new WrongUsageError(
      'got --policy-at with --policy, expected one of them: the policy that the ledger recorded, or that of files',
    );
  }
  return at === undefined ? undefined : readInstant('--policy-at', at);
};

/** What makes the exit code 3, the stricter one last. */
const FAIL_ON = ['violating', 'unknown'] as const;

/**
 * Whether what was found makes the exit code 3: by `--fail-on violating` when something violates, by `--fail-on
 * unknown` also when something is not known.
 */
export const failsOn = (
  values: Values,
): ((found: Readonly<Record<'violating' | 'unknown', boolean>>) => boolean) => {
  const said = textOf(values, 'fail-on');
  const level = said === undefined ? undefined : oneOf('fail-on', said, FAIL_ON);
  return ({ violating, unknown }) =>
    level === 'violating' ? violating : level === 'unknown' ? violating || unknown : false;
};

const oneOf = <T extends string>(option: string, value: string, known: readonly T[]): T => {
  const found = known.find((one) => one === value);
  if (!found) throw new WrongUsageError(`got --${option} ${value}, expected one of ${known.join(', ')}`);
  return found;
};

/** The instants of `--from`, `--to` and `--step`, and when they were known; undefined when the question is of one moment. */
export const courseOf = (
  values: Values,
  now: Date,
): { readonly asOf: readonly string[]; readonly knownAt: string } | undefined => {
  const [from, to] = [textOf(values, 'from'), textOf(values, 'to')];
  if (from === undefined && to === undefined && values.step === undefined) return undefined;
  if (from === undefined || to === undefined || values['as-of'] !== undefined) {
    throw new WrongUsageError(
      'expected both --from and --to for a course over time, with --step (1d unless said) and without --as-of',
    );
  }
  return {
    asOf: readCourse({ from, to, step: textOf(values, 'step') ?? '1d' }),
    knownAt: momentOf(values, now).knownAt,
  };
};
