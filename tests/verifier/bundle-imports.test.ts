import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('what the verifier of bundles is made of');

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('it reaches its own folder, two files about hashing, and node:crypto: no AWS, no package, no file, no network', async () => {
  const { metafile } = await build({
    entryPoints: ['src/verifier/verify-bundle.ts'],
    absWorkingDir: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const files = Object.keys(metafile.inputs);
  const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.flatMap(({ path, external }) => (external ? [path] : [])),
  );
  assert.equal([...new Set(outside)], ['node:crypto']);
  assert.equal(files.filter((file) => !file.startsWith('src/verifier/')).sort(), [
    'src/events/framing.ts',
    'src/events/hash-chain.ts',
  ]);
  const text = files.map((file) => readFileSync(`${ROOT}${file}`, 'utf8')).join('\n');
  assert.not.match(text, /\bimport\(|\brequire\(|\bfetch\(|\bprocess\./);
});

test.run();
