import { spawnSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildCli } from '../../scripts/build.ts';
import { temporaryFolder } from '../support/cli/command-line.ts';

const test = suite('the built command line');
const folder = temporaryFolder(test);

/** A package as npm installs it: the bundle, the examples and what it depends on. */
test.before(async () => {
  await buildCli(join(folder, 'dist'));
  copyFileSync('package.json', join(folder, 'package.json'));
  for (const name of ['examples', 'node_modules']) symlinkSync(resolve(name), join(folder, name));
});

const built = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'dist/tagledger.js'), ...args],
    {
      cwd: folder,
      env: {},
      encoding: 'utf8',
    },
  );
  assert.is(status, 0, stderr);
  return stdout;
};

test('finds its version, and its sample trail from what it loads on demand', () => {
  assert.match(built('--version'), /^\d+\.\d+\.\d+\n$/);
  assert.match(built('demo'), 'What next');
  assert.match(built('list', '--missing', 'Owner'), /^status +type +id /);
  assert.match(built('verify'), /^integrity +OK/m);
});

test.run();
