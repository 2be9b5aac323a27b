import { COLUMNS } from '../../../compliance/csv.ts';
import { STATUSES } from '../../../compliance/status.ts';
import { GROUPINGS } from '../../../compliance/tally.ts';
import type { Arguments, Flags, Invocation } from '../../command.ts';
import { MOMENT_FLAGS, SELECTION_FLAGS, TIME } from '../../common-flags.ts';
import { rowFlags } from '../../row-options.ts';

/** The levels of `--fail-on`, the stricter one last. */
const FAIL_ON = ['violating', 'unknown'] as const;

/** The output formats of `tagledger compliance`. */
export const COMPLIANCE_FORMATS = ['text', 'json', 'ndjson', 'csv', 'ocsf', 'asff'] as const;
export type ComplianceFormat = (typeof COMPLIANCE_FORMATS)[number];

/** The arguments of `tagledger compliance`. */
export const COMPLIANCE_ARGS = {
  FILE: { brief: 'A policy file, like --policy.', many: true, optional: true },
} as const satisfies Arguments;

/** The options of `tagledger compliance`. */
export const COMPLIANCE_FLAGS = {
  ...MOMENT_FLAGS,
  ...SELECTION_FLAGS,
  policy: { brief: 'A policy file. Several files are merged.', value: 'FILE', many: true },
  'policy-at': { brief: 'Judge by the recorded policy of this time.', ...TIME },
  from: { brief: 'Begin of a time series.', ...TIME },
  to: { brief: 'End of a time series.', ...TIME },
  step: { brief: 'Step of a time series, such as 30m, 6h, 1d or 2w. Default: 1d.', value: 'STEP' },
  'group-by': {
    brief: 'What the counts are grouped by.',
    choices: GROUPINGS,
    default: 'rule',
    formerly: ['by'],
    formerValues: { owner: 'creator' },
  },
  status: {
    brief: 'Only findings of this status. Default: all but compliant; for ocsf and asff all.',
    choices: STATUSES,
    many: true,
  },
  ...rowFlags(COLUMNS),
  'fail-on': {
    brief:
      'End with 3 if something violates, and with 4 if nothing matches; `unknown` ends with 4 also for unknown resources.',
    choices: FAIL_ON,
  },
  'update-of': {
    brief:
      'For OCSF: the time of an answer that the reader has. Its findings are updated, and the others are created.',
    ...TIME,
  },
  'product-arn': {
    brief: 'The ProductArn of ASFF findings. Default: that of the account of the resource.',
    value: 'ARN',
  },
} as const satisfies Flags;

/** What `tagledger compliance` is run with. */
export type ComplianceInvocation = Invocation<
  typeof COMPLIANCE_FLAGS,
  typeof COMPLIANCE_ARGS,
  ComplianceFormat
>;
