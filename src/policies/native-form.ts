import * as v from 'valibot';
import { TYPES } from '../cloudtrail/operations/generated.ts';
import { isResourceArn } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import { didYouMean } from '../shared/did-you-mean.ts';
import { defined } from '../shared/members.ts';
import type { Clause, Demand, Exemption, Scope } from './clause.ts';
import { checked, fields, placeIn, remarksOn } from './fields.ts';
import { type ReadPattern, readPattern } from './pattern/pattern.ts';
import type { Gathered } from './policy-of.ts';
import { InvalidPolicyError } from './remark.ts';
import { wildcardProblem } from './wildcard.ts';

const notEmpty = (text: string) => (text.trim() === '' ? 'is empty' : undefined);
const listOf = <const S extends v.GenericSchema>(schema: S) =>
  v.pipe(v.array(schema), v.minLength(1, 'is an empty list: leave the field out where all are meant'));

const DURATION = /^([1-9]\d{0,4})([mhd])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const GraceSchema = v.pipe(
  checked((text) =>
    DURATION.test(text)
      ? undefined
      : `${JSON.stringify(text)} is not a duration such as "15m", "24h" or "7d"`,
  ),
  v.transform((text) => {
    const [, count = '0', unit = 'm'] = DURATION.exec(text) ?? [];
    return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }),
);

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

const DaySchema = checked((text) =>
  isDay(text) ? undefined : `${JSON.stringify(text)} is not a day such as "2026-12-31"`,
);

const KeySchema = checked((key) =>
  key.length >= 1 && key.length <= 128
    ? undefined
    : `the tag key has ${key.length} characters, and 1 to 128 are possible`,
);

const scope = {
  types: v.optional(
    listOf(
      checked((type) =>
        TYPES.includes(type)
          ? undefined
          : `names the unknown resource type ${JSON.stringify(type)}: ${didYouMean(type, TYPES)}`,
      ),
    ),
  ),
  accounts: v.optional(
    listOf(
      checked((account) =>
        /^\d{12}$/.test(account)
          ? undefined
          : `${JSON.stringify(account)} is not the 12 digits of an account as a string`,
      ),
    ),
  ),
  regions: v.optional(
    listOf(
      checked((region) =>
        /^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region)
          ? undefined
          : `${JSON.stringify(region)} is not a Region such as "eu-west-1"`,
      ),
    ),
  ),
};

/**
 * Whether a policy is given now, or was recorded in a ledger, perhaps by an earlier version. In a recorded
 * one, a pattern that is refused today is kept with the reason, and its result is unknown.
 */
export type Manner = 'given' | 'recorded';

const patternSchema = (manner: Manner) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }): ReadPattern => {
      const read = readPattern(dataset.value);
      if (manner === 'recorded' || !('refused' in read)) return read;
      addIssue({ message: read.refused });
      return NEVER;
    }),
  );

const ruleSchema = (manner: Manner) =>
  v.pipe(
    fields({
      key: KeySchema,
      required: v.optional(v.boolean(), true),
      notEmpty: v.optional(v.boolean(), false),
      values: v.optional(listOf(checked(wildcardProblem))),
      pattern: v.optional(patternSchema(manner)),
      grace: v.optional(GraceSchema),
      ...scope,
    }),
    v.check(
      ({ required, notEmpty, values, pattern }) =>
        required || notEmpty || values !== undefined || pattern !== undefined,
      'asks for nothing: say "required", "notEmpty", "values" or "pattern"',
    ),
  );

const ExemptionSchema = v.pipe(
  fields({
    resources: v.optional(
      listOf(
        checked((text) =>
          isResourceArn(text) || resourceTypeOf(text) !== undefined
            ? undefined
            : `${JSON.stringify(text)} is not the id or the ARN of an EC2 resource`,
        ),
      ),
    ),
    keys: v.optional(listOf(KeySchema)),
    ...scope,
    owner: checked(notEmpty),
    reason: checked(notEmpty),
    from: v.optional(DaySchema),
    until: DaySchema,
  }),
  v.check(
    ({ resources, types, accounts, regions }) => Boolean(resources ?? types ?? accounts ?? regions),
    'would exempt everything: name "resources", "types", "accounts" or "regions"',
  ),
  v.check(({ from = '', until }) => from <= until, 'ends before it begins'),
);

const nativeSchema = (manner: Manner) =>
  fields({
    tagledger: v.literal(1, 'is a version that is not known here: expected 1'),
    description: v.optional(v.string()),
    grace: v.optional(GraceSchema),
    rules: v.optional(v.array(ruleSchema(manner)), []),
    exemptions: v.optional(v.array(ExemptionSchema), []),
  });

const SCHEMAS = { given: nativeSchema('given'), recorded: nativeSchema('recorded') };

/** Whether a document declares that it is in tagledger's own form. */
export const isNative = (json: object): boolean => 'tagledger' in json;

/**
 * Reads a policy in tagledger's own form (docs/policies.md). Throws an {@link InvalidPolicyError} that lists
 * every problem.
 */
export const readNative = (file: string, json: unknown, manner: Manner): Gathered => {
  const parsed = v.safeParse(SCHEMAS[manner], json);
  if (!parsed.success) throw new InvalidPolicyError(remarksOn(file, '', parsed.issues));
  const { grace, rules, exemptions } = parsed.output;
  return {
    clauses: rules.flatMap((rule, i) =>
      demandsOf(rule).map(({ demand, field }): Clause => {
        const place = placeIn('rules', i, ...(field ? [field] : []));
        return defined({
          key: rule.key,
          demand,
          scope: scopeOf(rule),
          graceMs: rule.grace ?? grace,
          source: { file, place },
        });
      }),
    ),
    exemptions: exemptions.map((exemption, i) =>
      exemptionOf(exemption, { file, place: placeIn('exemptions', i) }),
    ),
    notes: [],
  };
};

const demandsOf = ({
  required,
  notEmpty,
  values,
  pattern,
}: v.InferOutput<ReturnType<typeof ruleSchema>>): { demand: Demand; field?: string }[] => [
  ...(required ? [{ demand: { kind: 'required' } as const }] : []),
  ...(notEmpty ? [{ demand: { kind: 'not-empty' } as const, field: 'notEmpty' }] : []),
  ...(values ? [{ demand: { kind: 'values', allowed: values } as const, field: 'values' }] : []),
  ...(pattern ? [{ demand: { kind: 'pattern', ...pattern } as const, field: 'pattern' }] : []),
];

interface Scoped {
  readonly types?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
}

const scopeOf = ({ types, accounts, regions }: Scoped): Scope => defined({ types, accounts, regions });

/**
 * `from` starts at the first instant of its day, and `until` ends with the last instant of its day, in UTC.
 */
const exemptionOf = (
  { resources, keys, owner, reason, from, until, ...rest }: v.InferOutput<typeof ExemptionSchema>,
  source: Exemption['source'],
): Exemption =>
  defined({
    scope: scopeOf(rest),
    resources,
    keys,
    owner,
    reason,
    from: from && `${from}T00:00:00.000Z`,
    until: `${until}T23:59:59.999Z`,
    source,
  });
