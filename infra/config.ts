import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { EVENT_FORMATS } from '../src/events/tag-event.ts';
import { NUMBERS } from '../src/handlers/runtime/settings.ts';
import { InvalidInputError } from '../src/shared/errors.ts';
import { parseTagRules } from '../src/tagging/rules/tag-rules.ts';
import { isKeyName } from '../src/verifier/verifier-key.ts';
import type { TaggingLedgerProps } from './tagging-ledger.ts';

const account = v.pipe(v.string(), v.regex(/^\d{12}$/, 'expected an account id of 12 digits'));
const isLogName = (name: string): boolean => isKeyName(name) && !name.endsWith('/');
const text = v.pipe(v.string(), v.nonEmpty());

/** The configuration in `cdk.json` under `context.tagledger`. `docs/deploy.md` describes each setting. */
const ConfigSchema = v.strictObject({
  rules: v.record(v.string(), v.unknown()),
  /** Keys that direct calls can request in addition to those of the rules. */
  moreTagKeys: v.optional(v.array(text)),
  name: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected at most 31 of a-z, 0-9 and -, a letter first'),
    ),
  ),
  alertEmails: v.optional(v.array(v.pipe(v.string(), v.email()))),
  members: v.optional(
    v.strictObject({
      organizationId: v.optional(
        v.pipe(v.string(), v.regex(/^o-[a-z0-9]{10,32}$/, 'expected an id such as o-a1b2c3d4e5')),
      ),
      accounts: v.optional(v.array(account)),
      externalId: v.pipe(
        v.string(),
        v.regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 of the characters that AWS STS takes'),
      ),
    }),
  ),
  recordAll: v.optional(v.boolean()),
  joinIdentities: v.optional(v.boolean()),
  identityKeyArn: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/, 'expected the ARN of a key of KMS'),
    ),
  ),
  heal: v.optional(v.boolean()),
  eventFormat: v.optional(v.picklist(EVENT_FORMATS)),
  writers: v.optional(v.array(v.pipe(v.string(), v.startsWith('arn:')))),
  tableEncryption: v.optional(v.picklist(['customer-managed', 'aws-managed'])),
  logName: v.optional(
    v.pipe(
      v.string(),
      v.check(isLogName, 'expected a name without spaces, plus signs and a slash at its end'),
    ),
  ),
  lockDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(36_500))),
  runbook: v.optional(text),
  settings: v.optional(
    v.strictObject(
      Object.fromEntries(
        Object.entries(NUMBERS).map(([name, { min, max }]) => [
          name,
          v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))),
        ]),
      ),
    ),
  ),
});

/** The props of the ledger that a configuration sets: all except the code. */
export type Configured = Omit<TaggingLedgerProps, 'code'>;

/** Reads the context of `cdk.json`: the configuration, and CDK's feature flags. */
export const contextOfApp = (): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')).context;

/**
 * Checks the configuration under `tagledger` in an app's context. Throws an `InvalidInputError` that lists
 * the problems. The rules pass the same checks as in the functions.
 */
export const configOf = (json: unknown): Configured => {
  const parsed = v.safeParse(ConfigSchema, json);
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'tagledger'}: ${issue.message}`);
    throw new InvalidInputError(`context.tagledger in cdk.json cannot be used: ${problems.join('; ')}`);
  }
  const { rules: json_, moreTagKeys = [], ...rest } = parsed.output;
  const rules = JSON.stringify(json_);
  const keys = parseTagRules(rules).rules.map(({ key }) => key);
  return {
    ...(rest as Omit<Configured, 'rules' | 'tagKeys'>),
    rules,
    tagKeys: [...new Set([...keys, ...moreTagKeys])],
  };
};
