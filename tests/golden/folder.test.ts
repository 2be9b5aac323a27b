import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { assertSameAnswer, assertVerified, golden, QUESTIONS } from './questions.ts';
import { unpack } from './unpack.ts';

const test = suite('the ledger folder that version 0.1.0 wrote');
const folder = temporaryFolder(test);
const ledger = join(folder, '.tagledger');

test.before(() => unpack(golden('folder.tgz'), folder));

for (const question of QUESTIONS) {
  test(`its answer has the facts of ${question.file}`, () => assertSameAnswer(question, ledger));
}

test('it verifies against its own sealed log', () => assertVerified(ledger, '--key', golden('seal.vkey')));

test('its export has the lines of the old export, byte for byte', async () => {
  const to = join(folder, 'again.ndjson.gz');
  const { code, said } = await run(['export', '--to', to, '--ledger', ledger]);
  assert.is(code, 0, said);
  const linesIn = (file: string) => gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  assert.equal(linesIn(to), linesIn(golden('export.ndjson.gz')));
});

test.run();
