import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { benchStream, makeExport } from '../../bench/make-export.ts';
import { toolVersion } from '../../src/cli/tool-version.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import { type Ran, run, temporaryFolder } from '../support/cli/command-line.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('the provenance of an answer');
const folder = temporaryFolder(test);
const ledger = join(folder, 'a ledger');
const file = join(folder, 'export.ndjson.gz');
const policy = join(folder, 'policy.json');
const ID = 'i-0a1b2c3d4e5f60718';

test.before(async () => {
  const trail = join(folder, 'trail.json');
  writeFileSync(trail, JSON.stringify([launch([ID])]));
  writeFileSync(policy, JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner' }] }));
  assert.is((await run(['ingest', trail, '--ledger', ledger])).code, 0);
  assert.is((await run(['export', '--out', file, '--ledger', ledger])).code, 0);
});

const QUESTIONS: readonly (readonly string[])[] = [
  ['state', ID],
  ['state', ID, '--known-at', '2100-01-01'],
  ['timeline', ID],
  ['changes'],
  ['compliance', '--policy', policy],
  ['why', ID],
];

for (const question of [
  ...QUESTIONS,
  ['list'],
  ['history', ID],
  ['compliance', '--policy', policy, '--format', 'csv'],
]) {
  test(`\`${question[0]}\` says on stderr what it rests on, and how to ask again: ${question.slice(1).length} arguments`, async () => {
    const { provenance } = await run([...question, '--ledger', ledger]);
    assert.match(provenance, `answered from ${ledger} (observed) at 20`);
    assert.match(provenance, ` by tagledger ${toolVersion()}\n`);
    assert.match(provenance, `repeat it with: tagledger ${question[0]} `);
    assert.match(provenance, `--ledger '${ledger}'`);
  });
}

for (const question of QUESTIONS) {
  test(`in JSON, the command of \`${question.join(' ').replace(folder, '')}\` asks the same again`, async () => {
    const words = [...question, '--ledger', ledger, '--format', 'json'];
    const first = answerIn(await run(words));
    const again = answerIn(await run(wordsOf(first.provenance.command)));
    assert.equal({ ...again, provenance: null }, { ...first, provenance: null });
    assert.is(first.provenance.ledger, ledger);
    assert.equal(
      [first.provenance.mode, first.provenance.sha256, first.provenance.unproven],
      ['observed', null, false],
    );
  });
}

test('of a file it names the digest, the mode that the header claims, and that it is unproven', async () => {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const { provenance } = answerIn(await run(['state', ID, '--ledger', file, '--format', 'json']));
  assert.equal([provenance.sha256, provenance.mode, provenance.unproven], [sha256, 'observed', true]);
  const text = await run(['state', ID, '--ledger', file]);
  assert.match(text.provenance, `(observed, SHA-256 ${sha256})`);
});

test('of a large file it says whether only the events of the answer were checked', async () => {
  const large = join(folder, 'large.ndjson.gz');
  await makeExport(large, 30_000);
  const why = answerIn(await run(['why', benchStream(7), '--ledger', large, '--format', 'json']));
  assert.is(why.provenance.integrity, 'stream-only');
  const text = await run(['history', parseArn(benchStream(8)).id, '--ledger', large]);
  assert.match(text.provenance, ', of which only the events of this answer were checked) at 20');
  const all = answerIn(await run(['list', '--ledger', large, '--format', 'json']));
  assert.is(all.provenance.integrity, 'ok');
});

const answerIn = ({ code, out, said }: Ran) => {
  assert.is(code, 0, said);
  return JSON.parse(out);
};

/** The words of a command as a shell reads them, where only the quotes of this suite's folder occur. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].slice(1).map(([, quoted, plain]) => quoted ?? plain ?? '');

test('a file that cannot be read gives an error, and no warning about an answer', async () => {
  const broken = join(folder, 'broken.ndjson.gz');
  writeFileSync(broken, readFileSync(file).subarray(0, -40));
  for (const question of [...QUESTIONS, ['list'], ['history', ID]]) {
    const { code, said } = await run([...question, '--ledger', broken]);
    assert.is(code, 1, question.join(' '));
    assert.match(said, /^tagledger: /);
    assert.not.match(said, 'UNPROVEN');
  }
});

test.run();
