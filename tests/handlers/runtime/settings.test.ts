import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOn, readSettings, SETTINGS, type Setting } from '../../../src/handlers/runtime/settings.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';

const test = suite('settings');

test('only what was asked for is read', () => {
  assert.equal(readSettings({ ...SETTINGS, PATH: '/bin' }, ['LEDGER_TABLE']), {
    LEDGER_TABLE: 'tagledger-ledger',
  });
});

test('all that is missing or blank is named at once, each with an example', () => {
  const names: Setting[] = ['LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN'];
  assert.throws(
    () => readSettings({ STATE_TABLE: ' ', ALERT_TOPIC_ARN: SETTINGS.ALERT_TOPIC_ARN }, names),
    (error: unknown) => {
      assert.instance(error, InvalidInputError);
      assert.is(
        (error as Error).message,
        'There is no value for LEDGER_TABLE (such as tagledger-ledger), STATE_TABLE (such as tagledger-state). Set these environment variables.',
      );
      return true;
    },
  );
});

test('a switch is on unless it says off, and takes no other word', () => {
  for (const env of [{}, { TAG_CHILDREN: '' }, { TAG_CHILDREN: ' on ' }]) {
    assert.is(isOn(env, 'TAG_CHILDREN'), true);
  }
  assert.is(isOn({ TAG_CHILDREN: 'off' }, 'TAG_CHILDREN'), false);
  for (const value of ['OFF', 'false', '0', 'on off']) {
    assert.throws(
      () => isOn({ TAG_CHILDREN: value }, 'TAG_CHILDREN'),
      (error: unknown) =>
        error instanceof InvalidInputError &&
        error.message.startsWith(`TAG_CHILDREN is "${value}", which is neither on nor off.`),
    );
  }
});

test('a number that is left out or blank is what it is otherwise', () => {
  for (const env of [{}, { ALERT_QUIET_MINUTES: ' ' }]) {
    assert.equal(readSettings(env, [], ['ALERT_QUIET_MINUTES']), { ALERT_QUIET_MINUTES: 15 });
  }
  assert.equal(readSettings({ ALERT_QUIET_MINUTES: '0' }, [], ['ALERT_QUIET_MINUTES']), {
    ALERT_QUIET_MINUTES: 0,
  });
});

test('a number that is none, or too large, is named together with what is missing', () => {
  for (const text of ['soon', '-1', '1.5', '1441', '1e1', '0x1']) {
    assert.throws(
      () => readSettings({ ALERT_QUIET_MINUTES: text }, ['LEDGER_TABLE'], ['ALERT_QUIET_MINUTES']),
      (error: unknown) => {
        assert.instance(error, InvalidInputError);
        assert.is(
          (error as Error).message,
          `There is no value for LEDGER_TABLE (such as tagledger-ledger). Set this environment variable. ALERT_QUIET_MINUTES is "${text}", which is not a whole number from 0 to 1440. Correct it, or leave it out for 15.`,
        );
        return true;
      },
    );
  }
});

test('a switch is on or off as it is said, else as it is unless said', () => {
  assert.equal(readSettings({ IDENTITY_JOIN: ' ' }, [], ['RECOVER_OMITTED', 'IDENTITY_JOIN']), {
    RECOVER_OMITTED: true,
    IDENTITY_JOIN: false,
  });
  const env = { RECOVER_OMITTED: 'off', IDENTITY_JOIN: 'on', STATE_TABLE: 'tagledger-state' };
  assert.equal(readSettings(env, [], ['RECOVER_OMITTED', 'IDENTITY_JOIN']), {
    RECOVER_OMITTED: false,
    IDENTITY_JOIN: true,
    STATE_TABLE: 'tagledger-state',
  });
});

test('wrong switches, what one that is on needs, and what is missing are told at once', () => {
  const env = { RECOVER_OMITTED: 'yes', IDENTITY_JOIN: 'on' };
  assert.throws(
    () => readSettings(env, ['LEDGER_TABLE'], ['RECOVER_OMITTED', 'IDENTITY_JOIN']),
    (error: unknown) => {
      assert.instance(error, InvalidInputError);
      assert.is(
        (error as Error).message,
        'There is no value for LEDGER_TABLE (such as tagledger-ledger), STATE_TABLE (such as tagledger-state). Set these environment variables. RECOVER_OMITTED is "yes", which is neither on nor off. Correct it, or leave it out for on.',
      );
      return true;
    },
  );
});

test('the examples are values that work', () => {
  assert.is(parseTagRules(SETTINGS.TAG_RULES).rules.length, 1);
  assert.match(SETTINGS.ALERT_TOPIC_ARN, /^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]+$/);
  assert.match(SETTINGS.TAGGER_ROLE_ARN, /^arn:aws:iam::\d{12}:role\//);
});

test.run();
