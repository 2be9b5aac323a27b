import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { assertSameAnswer, assertVerified, golden, QUESTIONS } from './questions.ts';
import { unpack } from './unpack.ts';

const test = suite('the ledger of version 0.1.0, imported');
const folder = temporaryFolder(test);
const old = join(folder, '.tagledger');
const ledger = join(folder, 'imported');

test.before(async () => {
  unpack(golden('folder.tgz'), folder);
  const { code, said } = await run(['import', golden('export.ndjson.gz'), '--from', old, '--ledger', ledger]);
  assert.is(code, 0, said);
});

for (const question of QUESTIONS)
  test(`its answer has the facts of ${question.file}`, () => assertSameAnswer(question, ledger));

test('it verifies against its own sealed log', () => assertVerified(ledger, '--key', golden('seal.vkey')));

test('its export has the lines of the old export, byte for byte', async () => {
  const to = join(folder, 'again.ndjson.gz');
  const { code, said } = await run(['export', '--out', to, '--ledger', ledger]);
  assert.is(code, 0, said);
  const linesIn = (file: string) => gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  assert.equal(linesIn(to), linesIn(golden('export.ndjson.gz')));
});

test('it has the settings of the old folder', () => {
  const settingsOf = (path: string) =>
    JSON.parse(readFileSync(join(path, 'tagledger.json'), 'utf8')).settings;
  assert.equal(settingsOf(ledger), settingsOf(old));
});

test.run();
