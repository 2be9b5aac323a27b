import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** One way to break the product: in `file`, the text `from` becomes `to`. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** What a script of the tests says of a copy of the product that was broken. Its `args` begin with its path. */
export const runBroken = ({ file, from, to }: Mutation, args: readonly string[]) => {
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
    return spawnSync('node_modules/.bin/tsx', args, { cwd: copy, encoding: 'utf8' });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};
