import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the names of exported types');

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** A declaration at the start of a line, as the formatter puts it, or a list of names between braces. */
const DECLARED = /^export (?:declare |abstract )*(?:type|interface|class|enum) (\w+)/gm;
const LISTED = /^export (type )?\{([^}]*)\}/gm;

/** The types, interfaces, classes and enums that a source text exports. */
const typesIn = (source: string): string[] => [
  ...[...source.matchAll(DECLARED)].map(([, name = '']) => name),
  ...[...source.matchAll(LISTED)].flatMap(([, areTypes, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && (areTypes || name.startsWith('type ')))
      .map((name) => name.replace(/^.*\s/, '')),
  ),
];

/** Each name that several files export, as a line such as `Found: a.ts, b.ts`. */
const sharedNames = (sources: Readonly<Record<string, string>>): string[] => {
  const files = new Map<string, string[]>();
  for (const [file, source] of Object.entries(sources)) {
    for (const name of typesIn(source)) files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files]
    .filter(([, owners]) => owners.length > 1)
    .map(([name, owners]) => `${name}: ${owners.join(', ')}`);
};

test('each name has one owner: a reader who finds it knows which type is meant', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    // Wiring has the same few names in each function's folder.
    .filter((file) => file.endsWith('.ts') && !file.endsWith('lambda.ts'))
    .sort();
  const sources = Object.fromEntries(files.map((file) => [file, readFileSync(`${SRC}${file}`, 'utf8')]));
  assert.ok(files.flatMap((file) => typesIn(sources[file] ?? '')).length > 100, 'hardly any type was found');
  assert.equal(sharedNames(sources), []);
});

test('every form of export counts, and what is not exported or is a value does not', () => {
  const source = [
    'export type A = 1;',
    'export interface B2<T> {}',
    'export class C extends Error {}',
    'export type { D, Old as E } from "x";',
    'export { type F, value } from "x";',
    'type G = 1;',
    'export const H = 1;',
  ].join('\n');
  assert.equal(typesIn(source), ['A', 'B2', 'C', 'D', 'E', 'F']);
  assert.equal(sharedNames({ 'a.ts': source, 'b.ts': 'export interface E {}', 'c.ts': 'type A = 2;' }), [
    'E: a.ts, b.ts',
  ]);
});

test.run();
