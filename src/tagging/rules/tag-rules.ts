import * as v from 'valibot';
import { TYPES } from '../../cloudtrail/operations/generated.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { idFrom } from '../../events/hash-chain.ts';
import { didYouMean } from '../../shared/did-you-mean.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { sentence } from '../../shared/text.ts';
import { keyProblem, TAG_LIMITS } from './tag-limits.ts';
import { parseTemplate, type Template } from './template.ts';

/** One tag that the rules put on resources. */
export interface TagRule {
  readonly key: string;
  readonly template: Template;
  /** Whether it may replace a value that somebody else set. */
  readonly overwrite: boolean;
  /** The resource types that the rule applies to: by default all types, without those in `exclude`. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The rules of a deployment, validated. */
export interface TagRules {
  /** Derived from the rules, so that the same rules have the same id. Events refer to it. */
  readonly id: string;
  readonly rules: readonly TagRule[];
}

const RuleSchema = v.union(
  [
    v.string(),
    v.strictObject({
      value: v.string(),
      overwrite: v.optional(v.boolean()),
      include: v.optional(v.array(v.string())),
      exclude: v.optional(v.array(v.string())),
    }),
  ],
  'must be a template such as "{who.name}", or {"value": TEMPLATE, "overwrite"?: true, "include"?: [TYPES], "exclude"?: [TYPES]}',
);

const EXAMPLE =
  '{"Owner":"{who.name}","CostCenter":{"value":"4711","overwrite":true,"include":["instance"]}}';

/**
 * Parses and validates `TAG_RULES`, a JSON object with a template or a rule for each tag key. Throws one
 * `InvalidInputError` that names every problem: EC2's limits on keys, values and their number, unknown
 * fields, and unknown resource types.
 */
export const parseTagRules = (text: string): TagRules => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(
      `TAG_RULES is not JSON (${(error as Error).message}). Set it to an object such as ${EXAMPLE}.`,
      { cause: error },
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InvalidInputError(`TAG_RULES is not a JSON object. Set it to one such as ${EXAMPLE}.`);
  }
  const { rules, problems } = readTagRules(json);
  if (problems.length > 0) {
    throw new InvalidInputError(sentence(`TAG_RULES cannot be used: ${problems.join('; ')}`));
  }
  return { id: idFrom('tagledger/rules/v1', canonicalJson(json)).slice(0, 8), rules };
};

/** Reads rules from an object with a template or a rule for each tag key, and says what is wrong with them. */
export const readTagRules = (
  json: object,
): { readonly rules: readonly TagRule[]; readonly problems: readonly string[] } => {
  const entries = Object.entries(json);
  const problems: string[] = [];
  if (entries.length === 0) problems.push('it asks for no tag: name at least one');
  if (entries.length > TAG_LIMITS.tagsPerResource) {
    problems.push(
      `it asks for ${entries.length} tags: EC2 takes at most ${TAG_LIMITS.tagsPerResource} on a resource`,
    );
  }
  const rules: TagRule[] = [];
  for (const [key, value] of entries) {
    const rule = parseRule(key, value);
    problems.push(...rule.problems.map((problem) => `${JSON.stringify(key)} ${problem}`));
    rules.push(rule.rule);
  }
  return { rules, problems };
};

const parseRule = (key: string, json: unknown): { rule: TagRule; problems: string[] } => {
  const problems: string[] = [];
  const wrongKey = keyProblem(key);
  if (wrongKey) problems.push(wrongKey);
  const parsed = v.safeParse(RuleSchema, json);
  if (!parsed.success) {
    return {
      rule: { key, template: [], overwrite: false },
      problems: [...problems, parsed.issues[0].message],
    };
  }
  const {
    value,
    overwrite = false,
    include,
    exclude,
  } = typeof parsed.output === 'string' ? { value: parsed.output } : parsed.output;
  const { template, problems: wrongTemplate } = parseTemplate(value);
  problems.push(...wrongTemplate);
  const constant = template.filter((part) => typeof part === 'string').join('');
  if (constant.length > TAG_LIMITS.valueLength) {
    problems.push(
      `has ${constant.length} characters of fixed text: EC2 takes values of at most ${TAG_LIMITS.valueLength}`,
    );
  }
  if (!value.isWellFormed()) problems.push('has a value with a lone surrogate, which is no character');
  for (const type of [...(include ?? []), ...(exclude ?? [])]) {
    if (!TYPES.includes(type)) {
      problems.push(`names the unknown resource type "${type}": ${didYouMean(type, TYPES)}`);
    }
  }
  return {
    rule: { key, template, overwrite, ...(include && { include }), ...(exclude && { exclude }) },
    problems,
  };
};
