import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../support/cli/command-line.ts';

const test = suite('tagledger consume');

test('a folder without a ledger is named, and none is made', async () => {
  const { code, said } = await run(['consume', '--ledger', 'somewhere']);
  assert.is(code, 1);
  assert.match(said, 'There is no ledger at somewhere.');
  assert.not.ok(existsSync('somewhere'));
});

test('options for tables are refused for a folder, and an export as a whole', async () => {
  for (const option of [['--create-tables'], ['--dropped', 'file']]) {
    const { code, said } = await run(['consume', ...option, '--ledger', 'somewhere']);
    assert.is(code, 2);
    assert.match(said, `${option[0]} is for a ledger in tables, and somewhere is a folder`);
  }
  const { code, said } = await run(['consume', '--ledger', 'somewhere.ndjson.gz']);
  assert.is(code, 1);
  assert.match(said, 'is an exported file, which can only be read.');
});

test('what else is typed is refused', async () => {
  const { code, said } = await run(['consume', 'all', '--ledger', 'dynamodb:ledger,state']);
  assert.is(code, 2);
  assert.match(said, /Unexpected argument "all": `tagledger consume` takes no arguments/);
});

test('a ledger without a table of states is refused', async () => {
  const { code, said } = await run(['consume', '--ledger', 'dynamodb:ledger']);
  assert.is(code, 2);
  assert.match(said, /Write dynamodb:LEDGER_TABLE,STATE_TABLE/);
});

test('all settings that are missing or wrong are named at once, before anything is called', async () => {
  const { code, said } = await run(['consume', '--ledger', 'dynamodb:ledger,state'], {
    ALERT_QUIET_MINUTES: 'soon',
  });
  assert.is(code, 1);
  for (const name of ['ALERT_TOPIC_ARN', 'TAG_RULES', 'ALERT_QUIET_MINUTES is "soon"'])
    assert.match(said, name);
});

test('a retry policy that is none is refused, before anything is called', async () => {
  const { code, said } = await run(['consume', '--ledger', 'dynamodb:ledger,state'], {
    ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alerts',
    TAG_CHILDREN: 'off',
    RETRY_ATTEMPTS: 'many',
  });
  assert.is(code, 1);
  assert.match(said, /RETRY_ATTEMPTS is "many", which is not a whole number/);
});

test.run();
