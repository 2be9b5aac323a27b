import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseVerifierKey } from '../../src/verifier/verifier-key.ts';
import { verifyBundle } from '../../src/verifier/verify-bundle.ts';
import { type Case, sampleBundles } from '../support/verifier/sample-bundles.ts';

const test = suite('bundles');

let key: string;
let cases: readonly Case[];
test.before(async () => {
  ({ key, cases } = await sampleBundles());
});

const said = (text: string): string => {
  const verdict = verifyBundle(text, [parseVerifierKey(key)]);
  return verdict.holds ? 'holds' : verdict.reason;
};

test('an honest bundle holds, and every other one is refused for the right reason', () => {
  assert.ok(cases.length > 100);
  const wrong = cases.filter(({ text, expected }) => said(text) !== expected);
  assert.equal(
    wrong.map(({ what, text, expected }) => [what, said(text), expected]),
    [],
  );
});

test('no byte of an honest bundle can be another one without its being noticed', () => {
  const bundle = JSON.parse(cases.find(({ what }) => what === 'one event')?.text ?? '');
  // White space between the parts of JSON says nothing, and lines of unknown keys are passed over: as that of the time is
  // when its name is another one.
  const text = JSON.stringify({ ...bundle, checkpoint: bundle.checkpoint.replace(/[^\n]+\n$/, '') });
  assert.is(said(text), 'holds');
  const unnoticed = [...text].flatMap((character, i) => {
    const other = `${text.slice(0, i)}${character === '0' ? '1' : '0'}${text.slice(i + 1)}`;
    return said(other) === 'holds' ? [`${i}: ${text.slice(i - 20, i + 1)}`] : [];
  });
  assert.equal(unnoticed, []);
});

test('a second verifier, written in Python from docs/format.md, says the same of each', () => {
  const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (python.error) {
    process.stderr.write('python3 is not there: the second verifier was not run\n');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-bundles-'));
  try {
    writeFileSync(join(folder, 'key'), `${key}\n`);
    const files = cases.map(({ text }, i) => {
      const file = join(folder, `${i}.json`);
      writeFileSync(file, text);
      return file;
    });
    const script = fileURLToPath(new URL('verify_bundle.py', import.meta.url));
    const { stdout, stderr } = spawnSync('python3', [script, join(folder, 'key'), ...files], {
      encoding: 'utf8',
    });
    const verdicts = stdout.trimEnd().split('\n');
    assert.is(verdicts.length, cases.length, stderr);
    assert.equal(
      cases.flatMap(({ what, expected }, i) =>
        verdicts[i] === expected ? [] : [[what, verdicts[i], expected]],
      ),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
