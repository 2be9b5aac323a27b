import * as v from 'valibot';
import { CONFIG_TYPES } from './aws-types.ts';
import type { Clause, Scope } from './clause.ts';
import { checked, fields, isObject, parseJson, placeIn, remarksOn } from './fields.ts';
import type { Gathered } from './policy-of.ts';
import { InvalidPolicyError, type Remark } from './remark.ts';

/** REQUIRED_TAGS accepts this many tags (AWS Config Developer Guide, "required-tags"). */
const NUMBERS = [1, 2, 3, 4, 5, 6] as const;

type Parameter = `tag${(typeof NUMBERS)[number]}${'Key' | 'Value'}`;

const parameters = NUMBERS.flatMap((n): Parameter[] => [`tag${n}Key`, `tag${n}Value`]);

const ParametersSchema = v.pipe(
  fields(
    Object.fromEntries(parameters.map((name) => [name, v.optional(v.string())])) as Record<
      Parameter,
      v.OptionalSchema<v.StringSchema<undefined>, undefined>
    >,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const n of NUMBERS) {
      const [key, value] = [`tag${n}Key`, `tag${n}Value`] as const;
      const input = dataset.value;
      if (input[key] || (n > 1 && !input[value])) continue;
      addIssue({
        message: 'is missing',
        path: [{ type: 'object', origin: 'value', input, key, value: input[key] }],
      });
    }
  }),
);

const beside = v.optional(v.unknown());
const cannot = (why: string) => v.optional(v.never(`cannot be honoured: ${why}`));

/** A rule as the API of AWS Config accepts and returns it (AWS Config API Reference, "ConfigRule"). */
const RuleSchema = fields({
  Source: fields({
    Owner: beside,
    SourceIdentifier: checked((identifier) =>
      identifier === 'REQUIRED_TAGS'
        ? undefined
        : `${JSON.stringify(identifier)} is not "REQUIRED_TAGS", the only rule of AWS Config that is read`,
    ),
    SourceDetails: beside,
  }),
  Scope: v.optional(
    fields({
      ComplianceResourceTypes: v.optional(v.array(v.string())),
      ComplianceResourceId: cannot('a rule for one resource is no policy for a fleet'),
      TagKey: cannot('whom the rule concerns would depend on the tags that it judges'),
      TagValue: cannot('whom the rule concerns would depend on the tags that it judges'),
    }),
  ),
  InputParameters: v.union(
    [v.string(), v.custom<Record<string, unknown>>(isObject)],
    'is missing, or neither an object nor an object as text: REQUIRED_TAGS needs tag1Key',
  ),
  ConfigRuleName: beside,
  ConfigRuleArn: beside,
  ConfigRuleId: beside,
  ConfigRuleState: beside,
  CreatedBy: beside,
  Description: beside,
  EvaluationModes: beside,
  MaximumExecutionFrequency: beside,
});

/** Whether a document contains parameters of REQUIRED_TAGS, or one or more rules of AWS Config. */
export const isConfig = (json: object): boolean =>
  ['ConfigRules', 'ConfigRule', 'InputParameters', 'ConfigRuleName'].some((name) => name in json) ||
  Object.keys(json).some((name) => /^tag\d+(?:key|value)$/i.test(name));

/**
 * Reads a document that {@link isConfig} recognizes. Throws an {@link InvalidPolicyError} for the first
 * invalid rule.
 */
export const readConfig = (file: string, json: Record<string, unknown>): Gathered => {
  if ('ConfigRules' in json) {
    const { ConfigRules: rules } = demand(file, '', fields({ ConfigRules: v.array(v.unknown()) }), json);
    const read = rules.map((rule, i) => readRule(file, rule, placeIn('ConfigRules', i)));
    return {
      clauses: read.flatMap(({ clauses }) => clauses),
      exemptions: [],
      notes: read.flatMap(({ notes }) => notes),
    };
  }
  if ('ConfigRule' in json) {
    const { ConfigRule: rule } = demand(file, '', fields({ ConfigRule: v.unknown(), Tags: beside }), json);
    return readRule(file, rule, 'ConfigRule');
  }
  if (!('InputParameters' in json || 'ConfigRuleName' in json)) return readParameters(file, json, '', EVERY);
  return readRule(file, json, '');
};

const demand = <const S extends v.GenericSchema>(file: string, under: string, schema: S, json: unknown) => {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) throw new InvalidPolicyError(remarksOn(file, under, parsed.issues));
  return parsed.output;
};

const EVERY: Scope = {
  types: [...CONFIG_TYPES.values()],
  typesSay: `resource of the ${CONFIG_TYPES.size} types of EC2 that REQUIRED_TAGS evaluates`,
};

const readRule = (file: string, json: unknown, under: string): Gathered => {
  const { Scope: scope, InputParameters: given } = demand(file, under, RuleSchema, json);
  const place = placeIn(under, 'InputParameters');
  const named = scope?.ComplianceResourceTypes;
  const types = named?.flatMap((type) => CONFIG_TYPES.get(type) ?? []);
  const { clauses, notes } = readParameters(
    file,
    typeof given === 'string' ? parseJson(file, place, given) : given,
    place,
    types ? { types } : EVERY,
  );
  const others = named?.filter((type) => !CONFIG_TYPES.has(type)) ?? [];
  const said = (says: string): Remark[] => [
    { file, place: placeIn(under, 'Scope', 'ComplianceResourceTypes'), says },
  ];
  return {
    clauses: types?.length === 0 ? [] : clauses,
    exemptions: [],
    notes: [
      ...notes,
      ...(others.length > 0
        ? said(`${others.join(', ')} concerns no resource of EC2 that REQUIRED_TAGS evaluates`)
        : []),
      ...(named?.length === 0
        ? said('names no type, so the rule covers no resource; leave it out for all types')
        : []),
    ],
  };
};

/** A value is a comma-separated list, trimmed of blanks. Without a value, every value is allowed. */
const readParameters = (file: string, json: unknown, under: string, scope: Scope): Gathered => {
  const given = demand(file, under, ParametersSchema, json);
  const clauses = NUMBERS.flatMap((n): Clause[] => {
    const key = given[`tag${n}Key`];
    const value = given[`tag${n}Value`];
    if (!key) return [];
    const at = (name: Parameter) => ({ file, place: placeIn(under, name) });
    const allowed = value?.split(',').map((one) => one.trim());
    return [
      { key, demand: { kind: 'required' }, scope, source: at(`tag${n}Key`) },
      ...(value && allowed
        ? [
            {
              key,
              demand: { kind: 'values' as const, allowed, literal: true as const },
              scope,
              source: at(`tag${n}Value`),
            },
          ]
        : []),
    ];
  });
  return { clauses, exemptions: [], notes: [] };
};
