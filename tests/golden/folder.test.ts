import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { assertVerified, golden } from './questions.ts';
import { unpack } from './unpack.ts';

const test = suite('the ledger folder that version 0.1.0 wrote');
const folder = temporaryFolder(test);
const ledger = join(folder, '.tagledger');

test.before(() => unpack(golden('folder.tgz'), folder));

const REFUSAL = `The ledger in ${ledger} was made by tagledger 0.1, whose database this version cannot read. With version 0.1, run \`tagledger export --ledger ${ledger} --to ledger.ndjson.gz\`; then run \`tagledger import ledger.ndjson.gz --previous ${ledger} --ledger NEW_FOLDER\` with this version.`;

/** Every file of the folder, with its bytes. */
const files = (): readonly (readonly [name: string, bytes: string])[] =>
  readdirSync(ledger, { recursive: true })
    .map(String)
    .sort()
    .filter((name) => statSync(join(ledger, name)).isFile())
    .map((name) => [name, readFileSync(join(ledger, name), 'base64')]);

test('is refused by every command in one sentence with the way out of it, and stays as it is', async () => {
  const before = files();
  assert.ok(before.length > 10);
  for (const command of [
    'list',
    'history i-031f7fc5ee54c269b',
    `compliance --policy ${golden('required-tags.json')}`,
    'verify',
    'verify --record',
    `export --out ${join(folder, 'again.ndjson.gz')}`,
    'ingest examples/trail/eventbridge.ndjson',
    'demo',
    'seal',
    'prove i-031f7fc5ee54c269b',
    'rebuild',
    'redrive',
    'consume',
    'archive check',
  ]) {
    const { code, out, said } = await run([...command.split(' '), '--ledger', ledger]);
    assert.equal([code, out, said], [1, '', `tagledger: ${REFUSAL}\n`], command);
  }
  const { code, out } = await run(['doctor', '--ledger', ledger, '--format', 'json']);
  assert.is(code, 3);
  assert.equal(
    JSON.parse(out).map(({ check, verdict, says }: Record<string, string>) => [check, verdict, says]),
    [['folder', 'failed', REFUSAL]],
  );
  assert.equal(files(), before);
});

test('has a sealed log that proves the export of the folder', () =>
  assertVerified(
    golden('export.ndjson.gz'),
    '--log',
    join(ledger, 'log'),
    '--key',
    golden('seal.vkey'),
    '--at-size',
    '531',
  ));

test.run();
