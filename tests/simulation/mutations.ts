import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTATIONS, type Mutation } from './mutation-list.ts';

/**
 * Breaks a copy of the product in one way after the other, and tells by which seed the simulation catches it:
 * `npm run simulate:mutations -- [SEEDS] [NAME]`. Exit code 1 when one is not caught.
 */
const [seeds = '600', only = ''] = process.argv.slice(2);

const caughtBy = ({ name, file, from, to }: Mutation): string | undefined => {
  const copy = mkdtempSync(join(tmpdir(), 'tagledger-mutation-'));
  try {
    for (const name of ['src', 'tests', 'package.json', 'tsconfig.json']) {
      cpSync(name, join(copy, name), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not have, exactly once: ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    const args = ['tests/simulation/simulate.ts', '--seeds', seeds, '--first'];
    const { stdout, stderr, status } = spawnSync('node_modules/.bin/tsx', args, {
      cwd: copy,
      encoding: 'utf8',
    });
    if (status === 0) return undefined;
    const violation = /^seed (\d+): .*\n {2}(.*)/m.exec(stdout)?.slice(1).join(': ');
    // What does not even run is no mistake that a simulation would have to find.
    if (!violation) throw new Error(`${name}: ${stderr}`);
    return violation;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

for (const mutation of MUTATIONS.filter(({ name }) => name.includes(only))) {
  const caught = caughtBy(mutation);
  if (!caught) process.exitCode = 1;
  console.log(`${caught ? `caught by seed ${caught}` : 'NOT CAUGHT'} — ${mutation.name}`);
}
