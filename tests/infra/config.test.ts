import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configIn, contextOfApp } from '../../infra/config.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('the configuration of a deployment');

const RULES = { Owner: '{who.name}', CostCenter: { value: '4711', overwrite: true } };

const configOf = (tagledger: unknown) => configIn({ tagledger });

/** The sentences with which a context is refused. */
const mistakesIn = (context: unknown): readonly string[] => {
  try {
    configIn(context);
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message.split('\n');
  }
  throw new Error('it was taken');
};

/** What a configuration is refused with. */
const refusalOf = (tagledger: unknown): string => mistakesIn({ tagledger }).join('\n');

test('the one in cdk.json can be used', () => {
  assert.equal(configIn(contextOfApp()).tagKeys, ['Owner', 'CreatedBy', 'CreatedAt']);
});

test('a new deployment writes format 2, and one whose configuration says nothing goes on with 1', () => {
  assert.is(configIn(contextOfApp()).eventFormat, 2);
  assert.is(configOf({ rules: RULES }).eventFormat, undefined);
  assert.match(refusalOf({ rules: RULES, eventFormat: 3 }), 'eventFormat in cdk.json must be 1 or 2');
});

test('rules become the text that functions read, and their keys what may be set, with those that are named beside them', () => {
  const { rules, tagKeys } = configOf({ rules: RULES, moreTagKeys: ['Project', 'Owner'] });
  assert.equal(JSON.parse(rules), RULES);
  assert.equal(tagKeys, ['Owner', 'CostCenter', 'Project']);
});

test('rules that functions would refuse are refused before anything is deployed', () => {
  assert.match(refusalOf({ rules: { Owner: '{who.nmae}' } }), 'did you mean {who.name}?');
  assert.match(refusalOf({ rules: {} }), 'it asks for no tag');
});

test('everything that is wrong is said at once, in one sentence each', () => {
  assert.equal(
    mistakesIn({
      tagledger: {
        rules: { Owner: '{who.nmae}', 'aws:x': 'y' },
        name: 'Tag_Ledger',
        alertEmails: ['ops@example.com', 'ops'],
        members: { accounts: ['4444'], external: 'x' },
        recordAll: 'yes',
        eventFormat: 3,
        lockDays: 0.5,
        settings: { RETRY_ATTEMPTS: 1_000, RETRY_ATTEMPT: 3 },
        runbook: '',
        hael: true,
        moreTagKeys: 'Project',
      },
    }),
    [
      'context.tagledger.hael in cdk.json is not known: did you mean "heal"?',
      'context.tagledger.members.external in cdk.json is not known: did you mean "externalId"?',
      'context.tagledger.settings.RETRY_ATTEMPT in cdk.json is not known: did you mean "RETRY_ATTEMPTS"?',
      'context.tagledger.moreTagKeys in cdk.json must be a list of tag keys such as ["Project"], but "Project" was given.',
      'context.tagledger.name in cdk.json must be at most 31 of a-z, 0-9 and -, a letter first, such as "tagledger", but "Tag_Ledger" was given.',
      'context.tagledger.alertEmails[1] in cdk.json must be an email address such as "ops@example.com", but "ops" was given.',
      'context.tagledger.members.accounts[0] in cdk.json must be an account id of 12 digits such as "111122223333", but "4444" was given.',
      'context.tagledger.members.externalId is missing in cdk.json: it must be 2 to 1224 of the characters that AWS STS takes, such as "a-long-random-text".',
      'context.tagledger.recordAll in cdk.json must be true or false, but "yes" was given.',
      'context.tagledger.eventFormat in cdk.json must be 1 or 2, but 3 was given.',
      'context.tagledger.lockDays in cdk.json must be a whole number from 1 to 36500, but 0.5 was given.',
      'context.tagledger.runbook in cdk.json must be a text that is not empty, such as "https://wiki.example.com/tagledger", but "" was given.',
      'context.tagledger.settings.RETRY_ATTEMPTS in cdk.json must be a whole number from 1 to 100, but 1000 was given.',
      'context.tagledger.rules in cdk.json: "Owner" names the unknown field {who.nmae}: did you mean {who.name}?',
      'context.tagledger.rules in cdk.json: "aws:x" begins with "aws:", which AWS keeps for itself: choose another key.',
    ],
  );
});

test('what is missing is said with an example', () => {
  assert.equal(mistakesIn({ tagledger: { name: 'tags' } }), [
    'context.tagledger.rules is missing in cdk.json: it must be an object with a rule for each tag key, such as {"Owner":"{who.name}"}.',
  ]);
});

for (const [what, context] of [
  ['no context', undefined],
  ['a context of CDK alone', { '@aws-cdk/core:checkSecretUsage': true }],
] as const) {
  test(`without any configuration it is said where one belongs: ${what}`, () => {
    assert.equal(mistakesIn(context), [
      'context.tagledger is missing in cdk.json: it configures the ledger, and must be an object such as {"rules":{"Owner":"{who.name}"}}.',
    ]);
  });
}

test('a configuration under a wrong name is found', () => {
  assert.equal(mistakesIn({ tagleger: { rules: RULES } }), [
    'context.tagledger is missing in cdk.json: did you mean it by "tagleger"? Rename that.',
  ]);
});

test('a configuration that is no object, as from the command line of cdk, is refused', () => {
  assert.equal(mistakesIn({ tagledger: 'on' }), [
    'context.tagledger in cdk.json must be an object such as {"rules":{"Owner":"{who.name}"}}, but "on" was given.',
  ]);
});

test('the app of npx cdk says mistakes without a stack trace, and ends with 1', () => {
  const env = { PATH: process.env.PATH, CDK_CONTEXT_JSON: JSON.stringify({ tagledger: { rulez: {} } }) };
  const ended = spawnSync(process.execPath, ['--import', 'tsx', 'infra/app.ts'], { env, encoding: 'utf8' });
  assert.is(ended.status, 1);
  assert.equal(ended.stderr.split('\n'), [...mistakesIn({ tagledger: { rulez: {} } }), '']);
});

test.run();
