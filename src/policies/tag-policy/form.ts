import * as v from 'valibot';
import { didYouMean } from '../../shared/did-you-mean.ts';
import { TAG_POLICY_TYPES } from '../aws-types.ts';
import { checked, fields, isObject, placeIn, remarksOn } from '../fields.ts';
import { InvalidPolicyError, type Remark } from '../remark.ts';
import { wildcardProblem } from '../wildcard.ts';

/**
 * The operators with which a tag policy sets a value (AWS Organizations User Guide, "Inheritance operators").
 */
export const OPERATORS = ['@@assign', '@@append', '@@remove'] as const;
export type Operator = (typeof OPERATORS)[number];

const ALLOWED = '@@operators_allowed_for_child_policies';

/** The settings of a statement. */
export const OPERATOR_SETTINGS = ['tag_key', 'tag_value', 'enforced_for', 'report_required_tag_for'] as const;
export type SettingName = (typeof OPERATOR_SETTINGS)[number];

/** The operations of a tag policy on one setting; `tag_key` is a list of one. */
export interface OperatorSetting {
  readonly place: string;
  readonly operations: Readonly<Partial<Record<Operator, readonly string[]>>>;
  /** The operators that policies further down may use; absent when the policy does not restrict them. */
  readonly allowed?: readonly Operator[];
}

/** The settings of a tag policy for one tag key. */
interface Statement {
  readonly policyKey: string;
  readonly place: string;
  readonly settings: Readonly<Partial<Record<SettingName, OperatorSetting>>>;
}

/** An AWS Organizations tag policy, as read from one file. */
export interface TagPolicy {
  readonly file: string;
  /** True for bare values: the result of merging all policies that an account inherits. */
  readonly effective: boolean;
  readonly statements: readonly Statement[];
}

const typeProblem = (text: string): string | undefined => {
  const [, service, type = ''] = /^([a-z0-9-]+):(\*|[A-Za-z0-9/_-]+)$/.exec(text) ?? [];
  if (service === undefined) {
    return `${JSON.stringify(text)} is not a service and a type, such as "ec2:instance" or "ec2:ALL_SUPPORTED"`;
  }
  if (service !== 'ec2' || isAll(text) || TAG_POLICY_TYPES.includes(type)) return undefined;
  return `names ${JSON.stringify(text)}, which tag policies do not evaluate: ${didYouMean(
    text,
    TAG_POLICY_TYPES.map((known) => `ec2:${known}`),
  )}`;
};

/** Whether a type means all types of its service: `ec2:ALL_SUPPORTED`, or the older `ec2:*`. */
export const isAll = (type: string): boolean => /:(?:ALL_SUPPORTED|\*)$/.test(type);

const keySchema = (policyKey: string) =>
  checked((key) =>
    key.toLowerCase() === policyKey.toLowerCase()
      ? undefined
      : `the tag key ${JSON.stringify(key)} must be ${JSON.stringify(policyKey)}, the name of its statement, in upper or lower case`,
  );
const ValuesSchema = v.array(checked(wildcardProblem));
const TypesSchema = v.array(checked(typeProblem));

const control = {
  [ALLOWED]: v.optional(
    v.pipe(
      v.array(
        checked((word) =>
          WORDS.includes(word)
            ? undefined
            : `${JSON.stringify(word)} is not an operator: ${didYouMean(word, WORDS)}`,
        ),
      ),
      v.minLength(1, 'is an empty list: write ["@@none"] where no operator is allowed'),
      v.check(
        (words) => words.length === 1 || !words.some((word) => word === '@@all' || word === '@@none'),
        'has "@@all" or "@@none" beside others, and it must stand alone',
      ),
    ),
  ),
};
const WORDS: readonly string[] = [...OPERATORS, '@@all', '@@none'];

const authoredList = <const S extends v.GenericSchema<unknown, string[]>>(list: S) =>
  v.optional(
    fields({
      '@@assign': v.optional(list),
      '@@append': v.optional(list),
      '@@remove': v.optional(list),
      ...control,
    }),
  );

const authoredSchema = (policyKey: string) =>
  fields({
    tag_key: v.optional(fields({ '@@assign': v.optional(keySchema(policyKey)), ...control })),
    tag_value: authoredList(ValuesSchema),
    enforced_for: authoredList(TypesSchema),
    report_required_tag_for: authoredList(TypesSchema),
  });

const effectiveSchema = (policyKey: string) =>
  fields({
    tag_key: v.optional(keySchema(policyKey)),
    tag_value: v.optional(ValuesSchema),
    enforced_for: v.optional(TypesSchema),
    report_required_tag_for: v.optional(TypesSchema),
  });

/** Whether a document is a tag policy, authored or effective. */
export const isTagPolicy = (json: object): boolean => 'tags' in json;

/**
 * Reads a tag policy, either as its author wrote it or as Organizations shows the effective one. `under` is
 * its place in the file. Throws an {@link InvalidPolicyError} that lists every problem.
 */
export const readTagPolicy = (file: string, json: object, under = ''): TagPolicy => {
  const outer = v.safeParse(
    fields({ tags: v.custom<Record<string, unknown>>(isObject, 'is not an object') }),
    json,
  );
  if (!outer.success) throw new InvalidPolicyError(remarksOn(file, under, outer.issues));
  const { tags } = outer.output;
  const effective = isEffective(tags);
  const problems: Remark[] = [];
  const statements: Statement[] = [];
  const seen = new Map<string, string>();
  for (const [policyKey, body] of Object.entries(tags)) {
    const place = placeIn(under, 'tags', policyKey);
    const twin = seen.get(policyKey.toLowerCase());
    if (twin !== undefined) {
      problems.push({
        file,
        place,
        says: `is the same key as ${JSON.stringify(twin)}: say all of a key in one place`,
      });
    }
    seen.set(policyKey.toLowerCase(), policyKey);
    const read = readStatement(file, policyKey, body, place, effective);
    if ('problems' in read) problems.push(...read.problems);
    else statements.push(read);
  }
  if (problems.length > 0) throw new InvalidPolicyError(problems);
  return { file, effective, statements };
};

/** A policy with bare values and no operators is an effective one. */
const isEffective = (tags: Record<string, unknown>): boolean => {
  const settings = Object.values(tags).flatMap((body) => (isObject(body) ? Object.values(body) : []));
  return settings.length > 0 && settings.every((setting) => !isObject(setting));
};

const readStatement = (
  file: string,
  policyKey: string,
  body: unknown,
  place: string,
  effective: boolean,
): Statement | { readonly problems: readonly Remark[] } => {
  const misplaced = [policyKey, ...(isObject(body) ? Object.keys(body) : [])].filter((key) =>
    key.startsWith('@@'),
  );
  if (misplaced.length > 0) {
    const says = `has ${misplaced.join(', ')} above the settings, which cannot be honoured: write it in ${OPERATOR_SETTINGS.join(', ')}`;
    return { problems: [{ file, place, says }] };
  }
  const schema = effective ? effectiveSchema(policyKey) : authoredSchema(policyKey);
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) return { problems: remarksOn(file, place, parsed.issues) };
  const settings = OPERATOR_SETTINGS.flatMap((name): [SettingName, OperatorSetting][] => {
    const given = parsed.output[name];
    return given === undefined ? [] : [[name, settingOf(placeIn(place, name), given)]];
  });
  return { policyKey, place, settings: Object.fromEntries(settings) };
};

type Given = string | readonly string[] | { readonly [operator: string]: unknown };

/** A bare value equals an `@@assign`. The schema has already checked the values. */
const settingOf = (place: string, given: Given): OperatorSetting => {
  if (typeof given === 'string' || Array.isArray(given)) {
    return { place, operations: { '@@assign': [given].flat() } };
  }
  const members = given as Readonly<Record<string, string | readonly string[] | undefined>>;
  const operations = OPERATORS.flatMap((operator) => {
    const values = members[operator];
    return values === undefined ? [] : [[operator, [values].flat()]];
  });
  const allowed = members[ALLOWED];
  return {
    place,
    operations: Object.fromEntries(operations),
    ...(allowed !== undefined && {
      allowed: OPERATORS.filter((one) => allowed.includes(one) || allowed.includes('@@all')),
    }),
  };
};
