import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FOLD_VERSION } from '../../src/events/resource.ts';
import { golden } from '../golden/questions.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { inDatabase } from '../support/cli/database.ts';

const test = suite('the version of the fold in answers');
const folder = temporaryFolder(test);

const RESOURCE = 'i-031f7fc5ee54c269b';
const POLICY = ['--policy', golden('required-tags.json')];
const ask = async (question: readonly string[], format: string): Promise<string> => {
  const args = [...question, '--ledger', golden('export.ndjson.gz'), '--format', format];
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  return out;
};

for (const question of [
  ['state', RESOURCE],
  ['state', RESOURCE, '--as-of', '2026-03-30T15:00Z'],
  ['list'],
  ['compliance', ...POLICY, '--as-of', '2026-03-31'],
  ['compliance', ...POLICY, '--from', '2026-03-30', '--to', '2026-03-31', '--step', '1d'],
  ['changes'],
  ['timeline', RESOURCE],
  ['why', RESOURCE],
]) {
  test(`${question.filter((word) => !word.includes('/')).join(' ')}: each answer, or each row of a list, carries it`, async () => {
    const json: unknown = JSON.parse(await ask(question, 'json'));
    const rows = [...[json].flat(), ...linesOf(await ask(question, 'ndjson'))];
    assert.ok(rows.length >= 2);
    for (const row of rows) assert.is((row as { foldVersion?: number }).foldVersion, FOLD_VERSION);
  });
}

test('history gives events as they are stored, so no fold has a part in it', async () => {
  for (const event of linesOf(await ask(['history', RESOURCE], 'ndjson'))) {
    assert.is('foldVersion' in event, false);
  }
});

for (const format of ['csv', 'ocsf', 'asff']) {
  test(`${format} stays as its readers know it`, async () => {
    const out = await ask(['compliance', ...POLICY, '--as-of', '2026-03-31'], format);
    assert.ok(out.length > 1_000);
    assert.not.match(out, 'foldVersion');
  });
}

test('list counts the rows that an earlier fold made, until rebuild has made them anew', async () => {
  const ledger = join(folder, 'ledger');
  assert.is((await run(['import', golden('export.ndjson.gz'), '--ledger', ledger])).code, 0);
  const said = async () => (await run(['list', '--ledger', ledger])).said;
  const heard = 'data until 2026-03-31T17:13:11.023Z (inferred from the newest event)\n';
  assert.is(await said(), heard);
  const version = (n: number) => JSON.stringify(JSON.stringify({ foldVersion: n })).slice(2, -2);
  await inDatabase(ledger, (database) =>
    database.run('UPDATE states SET item = replace(item, ?, ?)', version(FOLD_VERSION), version(1)),
  );
  assert.match(await said(), /^257 rows of the state table: written by an earlier version/);
  assert.is((await run(['rebuild', '--ledger', ledger])).code, 0);
  assert.is(await said(), heard);
});

test.run();
