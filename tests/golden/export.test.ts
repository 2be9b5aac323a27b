import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../support/cli/command-line.ts';
import { assertSameAnswer, assertVerified, golden, QUESTIONS } from './questions.ts';

const test = suite('the export, the sealed log and the proof bundle that version 0.1.0 wrote');
const file = golden('export.ndjson.gz');
const KEY = ['--key', golden('seal.vkey')];

for (const question of QUESTIONS) {
  test(`the answer of the export has the facts of ${question.file}`, () => assertSameAnswer(question, file));
}

test('the export verifies against the log with its key, and is the whole of it', () =>
  assertVerified(file, '--log', golden('log'), ...KEY, '--at-size', '531'));

test('the export has no header, so nothing says by itself that it is the whole of the ledger', async () => {
  const { code, out } = await run(['verify', '--ledger', file, '--log', golden('log'), ...KEY]);
  assert.is(code, 4);
  assert.match(out, /^origin +UNKNOWN /m);
  assert.match(out, /^sealed +OK +530 events are in the sealed log/m);
  assert.match(out, /^completeness +NOT CHECKED /m);
});

test('the proof bundle holds with the key alone', async () => {
  const args = ['verify', '--bundle', golden('proof.json'), ...KEY, '--format', 'json'];
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  const { holds, events } = JSON.parse(out);
  assert.is(holds, true);
  assert.equal(
    events.map(({ seq }: { seq: number }) => seq),
    [1, 2, 3, 4, 5, 6],
  );
});

test.run();
