import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Violation } from './violation.ts';

/** Which files to run: those under `dir` that end in `suffix` and whose path contains any of `names`. */
export interface Choice {
  readonly dir: string;
  readonly suffix: string;
  /** Looked for in any case; no names choose every file. */
  readonly names: readonly string[];
}

/**
 * The chosen files, sorted, as paths that begin with `dir`; files in a `fixtures` folder below it are left out.
 * Throws a {@link Violation} when a name, or the choice as a whole, matches no file.
 */
export const findTestFiles = ({ dir, suffix, names }: Choice): readonly string[] => {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix) && !path.split(sep).includes('fixtures'))
    .map((path) => join(dir, path).replaceAll(sep, '/'))
    .sort();
  if (all.length === 0) throw new Violation(`no file under "${dir}" ends in "${suffix}"; add a test.`);
  const astray = names.filter((name) => !all.some((path) => contains(path, name)));
  if (astray.length > 0) {
    const quoted = astray.map((name) => `"${name}"`).join(', ');
    throw new Violation(`no test file has a path that contains ${quoted}; correct the name.`);
  }
  return names.length === 0 ? all : all.filter((path) => names.some((name) => contains(path, name)));
};

const contains = (path: string, name: string): boolean => path.toLowerCase().includes(name.toLowerCase());
