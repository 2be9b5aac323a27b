import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('what the documentation points to');

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DECISIONS = 'docs/decisions';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
];

/** A path of the repository in running text, up to a wildcard and without the full stop that ends a sentence. */
const PATH = /(?<![\w./-])(?:src|tests|docs|bench|scripts|infra|examples)\/[\w./-]*[\w/-]/g;

/** The paths named in a text that are not in the repository. */
const missingPaths = (text: string): string[] =>
  [...text.matchAll(PATH)].map(([path]) => path).filter((path) => !existsSync(join(ROOT, path)));

/** The fragment by which GitHub links to a heading. */
const fragmentOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
const fragmentsIn = (markdown: string): Set<string> =>
  new Set([...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => fragmentOf(heading)));

/** The relative links of a page that lead to no file, or to no heading in it. */
const brokenLinks = (page: string, markdown: string): string[] =>
  [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', fragment] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, file))) return true;
      return fragment !== undefined && !fragmentsIn(path === '' ? markdown : read(file)).has(fragment);
    });

for (const page of PAGES) {
  test(`${page} names paths and headings that are there`, () => {
    const markdown = read(page);
    assert.equal(missingPaths(markdown), []);
    assert.equal(brokenLinks(page, markdown), []);
  });
}

test('a path or a link that leads nowhere is found, and one that leads out of the repository is let be', () => {
  assert.equal(missingPaths('See `src/local/gone.ts`, tests/gone and `src/events`. Also dist/src/gone.'), [
    'src/local/gone.ts',
    'tests/gone',
  ]);
  const links = '# A `heading`, or two\n[a](gone.md) [b](#a-heading-or-two) [c](#gone) [d](https://x.org/e)';
  assert.equal(brokenLinks('docs/restore.md', `${links} [f](deploy.md#gone) [g](../README.md)`), [
    'gone.md',
    '#gone',
    'deploy.md#gone',
  ]);
});

test('the README is short enough to be read', () => {
  const readme = read('README.md');
  assert.ok(readme.split('\n').length <= 200, 'more than 200 lines');
  assert.ok(Buffer.byteLength(readme) <= 14_000, 'more than 14 KB');
});

test('each decision record has its number, date and status, and its line in the index', () => {
  const files = PAGES.filter((page) => page.startsWith(`${DECISIONS}/`) && !page.endsWith('/README.md'));
  assert.ok(files.length > 30, 'hardly any decision record was found');
  const index = read(`${DECISIONS}/README.md`);
  for (const file of files) {
    const [heading = '', , facts = ''] = read(file).split('\n');
    const [, number = '', title = ''] = /^# (\d{4}): (.+)$/.exec(heading) ?? [];
    const [, date = '', status = ''] = /^Date: (\d{4}-\d{2}-\d{2}) · Status: (.+)$/.exec(facts) ?? [];
    const name = file.slice(DECISIONS.length + 1);
    assert.ok(number !== '' && name.startsWith(`${number}-`), `${file}: the heading is "${heading}"`);
    assert.match(status, /^(?:accepted|superseded by \d{4})(?:, amended by \d{4})*$/, `${file}: "${facts}"`);
    const line = index.split('\n').find((line) => line.startsWith(`| ${number} `)) ?? '';
    assert.is(
      line.replace(/\[(\d{4})\]\([^)]*\)/g, '$1'),
      `| ${number} | [${title}](${name}) | ${date} | ${status} |`,
    );
  }
});

test('the glossary has its words in alphabetical order, each once', () => {
  const words = [...read('docs/glossary.md').matchAll(/^## (.*)$/gm)].map(([, word = '']) => word);
  assert.ok(words.length > 0);
  assert.equal(
    words,
    [...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')),
  );
});

test.run();
