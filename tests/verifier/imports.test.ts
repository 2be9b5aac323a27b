import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('what the verifier is made of');
const VERIFIER = resolve('src/verifier');

/** All files that a file reaches through its imports, and all packages, types too. */
const reach = (path: string, files = new Set<string>(), packages = new Set<string>()) => {
  if (files.has(path)) return { files, packages };
  files.add(path);
  const source = readFileSync(path, 'utf8');
  for (const [, from = ''] of source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (from.startsWith('.')) reach(join(dirname(path), from), files, packages);
    else packages.add(from);
  }
  return { files, packages };
};

test('it reaches the files that say what an event is, Node, and the package that checks shapes; nothing of AWS', () => {
  const files = new Set<string>();
  const packages = new Set<string>();
  for (const name of readdirSync(VERIFIER)) reach(join(VERIFIER, name), files, packages);
  assert.ok(files.size > 10);
  for (const file of files) assert.match(file, /\/src\/(?:verifier|events|shared)\/[\w-]+\.ts$/);
  for (const name of packages) assert.match(name, /^(?:node:[a-z/]+|valibot)$/);
});

test('the search for imports sees those of a store', () => {
  const { packages } = reach(resolve('src/adapters/dynamodb/event-store.ts'));
  assert.ok(packages.has('@aws-sdk/client-dynamodb'));
});

test.run();
