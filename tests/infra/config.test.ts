import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configOf, contextOfApp } from '../../infra/config.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('the configuration of a deployment');

const RULES = { Owner: '{who.name}', CostCenter: { value: '4711', overwrite: true } };

/** What a configuration is refused with. */
const refusalOf = (json: unknown): string => {
  try {
    configOf(json);
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

test('the one in cdk.json can be used', () => {
  assert.equal(configOf(contextOfApp().tagledger).tagKeys, ['Owner', 'CreatedBy', 'CreatedAt']);
});

test('a new deployment writes format 2, and one whose configuration says nothing goes on with 1', () => {
  assert.is(configOf(contextOfApp().tagledger).eventFormat, 2);
  assert.is(configOf({ rules: RULES }).eventFormat, undefined);
  assert.match(refusalOf({ rules: RULES, eventFormat: 3 }), 'eventFormat: ');
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

test('everything that is wrong is said at once, and where it stands', () => {
  const message = refusalOf({
    rules: RULES,
    name: 'Tag_Ledger',
    members: { accounts: ['4444'], externalId: 'x' },
    lockDays: 0,
    settings: { RETRY_ATTEMPTS: 1_000 },
    hael: true,
  });
  for (const part of [
    'name: expected at most 31 of',
    'members.accounts.0: expected an account id of 12 digits',
    'members.externalId: expected 2 to 1224',
    'lockDays: ',
    'settings.RETRY_ATTEMPTS: ',
    'hael: ',
  ]) {
    assert.match(message, part);
  }
});

test('without any configuration it is said where one belongs', () => {
  assert.match(refusalOf(undefined), 'context.tagledger in cdk.json');
});

test.run();
