import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { EVENT_FORMATS } from '../src/events/tag-event.ts';
import { NUMBERS, SETTINGS } from '../src/handlers/runtime/settings.ts';
import { didYouMean, nearest } from '../src/shared/did-you-mean.ts';
import { InvalidInputError } from '../src/shared/errors.ts';
import { sentence, shown } from '../src/shared/text.ts';
import { readTagRules } from '../src/tagging/rules/tag-rules.ts';
import { isKeyName } from '../src/verifier/verifier-key.ts';
import type { TaggingLedgerProps } from './tagging-ledger.ts';

const isLogName = (name: string): boolean => isKeyName(name) && !name.endsWith('/');

// Each message says what a value must be, for `problemOf`.
const flag = v.optional(v.boolean('true or false'));
const text = (message: string) => v.pipe(v.string(message), v.nonEmpty(message));
const form = (pattern: RegExp, message: string) => v.pipe(v.string(message), v.regex(pattern, message));
const whole = (min: number, max: number) => {
  const message = `a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
};

const EXAMPLE_RULES = '{"Owner":"{who.name}"}';
const RULES = `an object with a rule for each tag key, such as ${EXAMPLE_RULES}`;
const EXTERNAL_ID = '2 to 1224 of the characters that AWS STS takes, such as "a-long-random-text"';

const MembersSchema = v.object(
  {
    organizationId: v.optional(form(/^o-[a-z0-9]{10,32}$/, 'an id such as "o-a1b2c3d4e5"')),
    accounts: v.optional(
      v.array(
        form(/^\d{12}$/, 'an account id of 12 digits such as "111122223333"'),
        'a list of account ids such as ["111122223333"]',
      ),
    ),
    externalId: form(/^[\w+=,.@:/-]{2,1224}$/, EXTERNAL_ID),
  },
  `an object such as {"accounts":["111122223333"],"externalId":"a-long-random-text"}`,
);

const SettingsSchema = v.object(
  Object.fromEntries(
    Object.entries(NUMBERS).map(([name, { min, max }]) => [name, v.optional(whole(min, max))]),
  ),
  'an object with numbers such as {"ALERT_QUIET_MINUTES":30}',
);

/** The configuration in `cdk.json` under `context.tagledger`. `docs/deploy.md` describes each setting. */
const ConfigSchema = v.object(
  {
    rules: v.pipe(
      v.record(v.string(), v.unknown(), RULES),
      v.check((rules) => !Array.isArray(rules), RULES),
    ),
    /** Keys that direct calls can request in addition to those of the rules. */
    moreTagKeys: v.optional(
      v.array(text('a tag key such as "Project"'), 'a list of tag keys such as ["Project"]'),
    ),
    name: v.optional(
      form(/^[a-z][a-z0-9-]{0,30}$/, 'at most 31 of a-z, 0-9 and -, a letter first, such as "tagledger"'),
    ),
    alertEmails: v.optional(
      v.array(
        v.pipe(
          v.string('an email address such as "ops@example.com"'),
          v.email('an email address such as "ops@example.com"'),
        ),
        'a list of email addresses such as ["ops@example.com"]',
      ),
    ),
    members: v.optional(MembersSchema),
    recordAll: flag,
    joinIdentities: flag,
    identityKeyArn: v.optional(
      form(
        /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/,
        `the ARN of a KMS key such as "${SETTINGS.IDENTITY_KEY_ID}"`,
      ),
    ),
    heal: flag,
    eventFormat: v.optional(v.picklist(EVENT_FORMATS, EVENT_FORMATS.join(' or '))),
    writers: v.optional(
      v.array(
        form(/^arn:/, 'an ARN such as "arn:aws:iam::111122223333:role/platform"'),
        'a list of ARNs such as ["arn:aws:iam::111122223333:role/platform"]',
      ),
    ),
    tableEncryption: v.optional(
      v.picklist(['customer-managed', 'aws-managed'], '"customer-managed" or "aws-managed"'),
    ),
    logName: v.optional(
      v.pipe(
        v.string(`a name such as "${SETTINGS.LOG_NAME}"`),
        v.check(
          isLogName,
          `a name without spaces, plus signs and a slash at its end, such as "${SETTINGS.LOG_NAME}"`,
        ),
      ),
    ),
    lockDays: v.optional(whole(1, 36_500)),
    runbook: v.optional(text('a text that is not empty, such as "https://wiki.example.com/tagledger"')),
    settings: v.optional(SettingsSchema),
  },
  `an object such as {"rules":${EXAMPLE_RULES}}`,
);

/** The objects of a configuration, and what each can have. */
const OBJECTS = [
  { path: [], entries: ConfigSchema.entries },
  { path: ['members'], entries: MembersSchema.entries },
  { path: ['settings'], entries: SettingsSchema.entries },
] as const;

/** The props of the ledger that a configuration sets: all except the code. */
export type Configured = Omit<TaggingLedgerProps, 'code'>;

/**
 * Reads the context of `cdk.json`: the configuration, and CDK's feature flags. Throws an `InvalidInputError` if the file
 * is not JSON.
 */
export const contextOfApp = (): Readonly<Record<string, unknown>> => {
  const json = readFileSync(new URL('../cdk.json', import.meta.url), 'utf8');
  try {
    return Object(JSON.parse(json)).context ?? {};
  } catch (error) {
    throw new InvalidInputError(`cdk.json is not JSON: ${(error as Error).message}. Correct it there.`, {
      cause: error,
    });
  }
};

/**
 * Checks the configuration under `tagledger` in an app's context. Throws an `InvalidInputError` with one line for each
 * problem. The rules pass the same checks as in the functions.
 */
export const configIn = (context: unknown): Configured => {
  const json = Object(context).tagledger;
  if (json === undefined) throw new InvalidInputError(missingText(Object.keys(Object(context))));
  const parsed = v.safeParse(ConfigSchema, json);
  const { rules: given } = Object(json);
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const { rules, problems: inRules } = isObject ? readTagRules(given) : { rules: [], problems: [] };
  const problems = [
    ...OBJECTS.flatMap(({ path, entries }) => unknownKeys(json, path, Object.keys(entries))),
    ...new Set((parsed.issues ?? []).map(problemOf)),
    ...inRules.map((problem) => sentence(`${PLACE}.rules in cdk.json: ${problem}`)),
  ];
  if (!parsed.success || problems.length > 0) throw new InvalidInputError(problems.join('\n'));
  const { rules: _, moreTagKeys = [], ...rest } = parsed.output;
  return {
    ...(rest as Omit<Configured, 'rules' | 'tagKeys'>),
    rules: JSON.stringify(parsed.output.rules),
    tagKeys: [...new Set([...rules.map(({ key }) => key), ...moreTagKeys])],
  };
};

const PLACE = 'context.tagledger';

const missingText = (there: readonly string[]): string => {
  const meant = nearest('tagledger', there);
  return `${PLACE} is missing in cdk.json: ${
    meant === undefined
      ? `it configures the ledger, and must be ${ConfigSchema.message}.`
      : `did you mean it by ${JSON.stringify(meant)}? Rename that.`
  }`;
};

const unknownKeys = (json: unknown, path: readonly string[], known: readonly string[]): string[] => {
  const object = path.reduce((value, key) => Object(value)[key], json);
  if (typeof object !== 'object' || object === null) return [];
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const advice = didYouMean(key, known, { all: 'docs/deploy.md lists all settings' });
      return sentence(`${[PLACE, ...path, key].join('.')} in cdk.json is not known: ${advice}`);
    });
};

/** What the settings must be that cannot be left out: valibot gives the message of the object that lacks them. */
const REQUIRED: ReadonlyMap<unknown, string> = new Map([
  ['rules', RULES],
  ['externalId', EXTERNAL_ID],
]);

const problemOf = (issue: v.BaseIssue<unknown>): string => {
  const at = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return issue.input === undefined
    ? `${PLACE}${at} is missing in cdk.json: it must be ${REQUIRED.get(issue.path?.at(-1)?.key) ?? issue.message}.`
    : `${PLACE}${at} in cdk.json must be ${issue.message}, but ${shown(issue.input)} was given.`;
};
