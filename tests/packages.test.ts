import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the packages and the layout that the project was asked to have');

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const IN_SRC = [
  '@aws-sdk/client-ec2',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/util-dynamodb',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-cloudwatch',
  '@aws-lambda-powertools/metrics',
  '@aws-lambda-powertools/tracer',
];
const IN_TESTS = ['uvu', 'aws-sdk-client-mock'];

/** A module that a file imports when it runs; `file` is its path below the root of the project. */
type Import = { readonly file: string; readonly specifier: string };

/**
 * The imports, static and dynamic, that are left of files when their types are gone. esbuild reads them, so an import in
 * a comment or a text is none, and one of which nothing is used, or types alone, is dropped.
 */
const valueImports = async (input: BuildOptions): Promise<Import[]> => {
  const { metafile } = await build({
    ...input,
    absWorkingDir: ROOT,
    format: 'esm',
    // Without the project's `verbatimModuleSyntax`, which keeps imports that only types use.
    tsconfigRaw: {},
    outdir: 'unwritten',
    metafile: true,
    write: false,
  });
  return Object.values(metafile.outputs).flatMap(({ entryPoint = '', imports }) =>
    imports.map(({ path }) => ({ file: entryPoint, specifier: path })),
  );
};

const isOf = (name: string, specifier: string): boolean =>
  specifier === name || specifier.startsWith(`${name}/`);

const filesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`);

let imports: readonly Import[];
test.before(async () => {
  imports = await valueImports({ entryPoints: [...filesIn('src'), ...filesIn('tests')] });
});

for (const [folder, names] of [
  ['src', IN_SRC],
  ['tests', IN_TESTS],
] as const) {
  for (const name of names) {
    test(`${folder} imports ${name}, and not for its types alone`, () => {
      const importers = imports.filter(
        ({ file, specifier }) => file.startsWith(`${folder}/`) && isOf(name, specifier),
      );
      assert.ok(importers.length > 0, `no file in ${folder} uses a value of ${name}`);
    });
  }
}

for (const name of [...IN_SRC, ...IN_TESTS]) {
  test(`package.json has ${name} in one exact version`, () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
    assert.match(String({ ...dependencies, ...devDependencies }[name]), /^\d+\.\d+\.\d+$/);
  });
}

for (const path of [
  'src/commands',
  'src/events',
  'src/projections',
  'src/handlers',
  'tests',
  'package.json',
  'tsconfig.json',
]) {
  test(`${path} is there`, () => assert.ok(existsSync(`${ROOT}${path}`), `${path} is missing`));
}

test('types, comments, texts and what is never used are no imports; dynamic ones and subpaths are', async () => {
  const contents = `
    import type { A } from 'only-type';
    import { type B } from 'inline-type';
    import { C } from 'used-as-type';
    import { unused } from 'unused';
    // import { d } from 'comment';
    const text = "import { e } from 'text'";
    import * as assert from 'used/subpath';
    export { f } from 'exported';
    import 'effect';
    export const g = async (h: A & B & C) => assert.ok(text, h, await import('dynamic'));
  `;
  const found = await valueImports({ stdin: { contents, loader: 'ts', resolveDir: ROOT } });
  assert.equal(found.map(({ specifier }) => specifier).sort(), [
    'dynamic',
    'effect',
    'exported',
    'used/subpath',
  ]);
});

test.run();
