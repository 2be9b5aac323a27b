import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../src/cli/commands.ts';
import { COMMON_FLAGS } from '../src/cli/common-flags.ts';
import { masked } from './docs/masks.ts';
import { blocksIn, isShown, readCommand, renewed, samplesIn, withBlocks } from './docs/samples.ts';
import { runPage } from './docs/session.ts';
import { run, temporaryFolder } from './support/cli/command-line.ts';

const test = suite('the samples in the documentation');
const demo = join(temporaryFolder(test), 'demo');

/** `npm run docs:renew` sets it: outputs that differ are then written into the pages. */
const RENEW = env.DOCS_RENEW === '1';

/** How many samples no test runs, by the reason that is given above each. Each one can be wrong unseen. */
const NOT_RUN: Readonly<Record<string, number>> = {
  'a benchmark': 1,
  'builds the templates, which takes half a minute': 1,
  "needs servers that speak AWS's protocol": 8,
};

const PAGES = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('decisions'))
    .map((file) => `docs/${file}`)
    .sort(),
];

test.before(async () => {
  assert.is((await run(['demo', '--ledger', demo])).code, 0);
});

const notRun: string[] = [];
let ran = 0;

for (const page of PAGES) {
  test(`${page}: each sample gives what it shows`, async () => {
    const markdown = readFileSync(page, 'utf8');
    const session = await runPage(markdown, demo);
    ran += session.ran;
    notRun.push(...session.notRun);
    if (RENEW && session.differences.length > 0) writeFileSync(page, session.renewed);
    else
      for (const { line, command, written, actual } of session.differences)
        assert.is(
          actual,
          written,
          `${page}:${line}: ${command}\n(\`npm run docs:renew\` writes what it gives now)`,
        );
  });

  test(`${page}: samples are fenced as console`, () => {
    const markdown = readFileSync(page, 'utf8');
    const inside = blocksIn(markdown).flatMap(({ language, from, lines }) =>
      language === 'console' ? lines.map((_, index) => from + index) : [],
    );
    const astray = markdown
      .split('\n')
      .flatMap((line, index) =>
        /^ *\$ /.test(line) && !inside.includes(index) ? [`${page}:${index + 1}`] : [],
      );
    assert.equal(astray, []);
  });
}

test('no more samples than these are not run', () => {
  const counts: Record<string, number> = {};
  for (const reason of notRun) counts[reason] = (counts[reason] ?? 0) + 1;
  assert.equal(counts, NOT_RUN);
  assert.ok(ran > 40, `${ran} samples were run`);
});

/** The command lines of tagledger that a page names outside of samples: in code in a line, and in blocks of `sh`. */
const namedCommands = (markdown: string): string[] => {
  const blocks = blocksIn(markdown);
  const shell = blocks.filter(({ language }) => language === 'sh').flatMap(({ lines }) => lines);
  const withoutBlocks = withBlocks(
    markdown,
    blocks.map((block) => ({ block, lines: [] })),
  ).replace(/^ *```.*$/gm, '');
  const inline = [...withoutBlocks.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
  const lines = [...shell.join('\n').replaceAll('\\\n', ' ').split('\n'), ...inline];
  return lines.flatMap((line) => line.match(/\btagledger [a-z]+(?: [^|;#]*)?/g) ?? []);
};

test('each command and option that a page names is one that there is', () => {
  const options = new Map(
    COMMANDS.map(({ name, flags }) => [
      name,
      Object.keys({ ...COMMON_FLAGS, ...flags }).map((one) => `--${one}`),
    ]),
  );
  const astray: string[] = [];
  let named = 0;
  for (const page of PAGES) {
    for (const line of namedCommands(readFileSync(page, 'utf8'))) {
      named += 1;
      const [, command = ''] = line.split(' ');
      if (command === 'help') continue;
      const known = options.get(command);
      if (!known || (line.match(/--[a-z-]+/g) ?? []).some((option) => !known.includes(option)))
        astray.push(`${page}: ${line}`);
    }
  }
  assert.equal(astray, []);
  assert.ok(named > 80, `${named} commands were found`);
});

const same = (line: string): string => line;

test('an output is shown if it is the same but for lines that are left out', () => {
  const output = ['one', 'two 2', 'three', 'four'];
  for (const shown of [
    output,
    ['...'],
    ['one', '...', 'four'],
    ['...', 'two ...', '...', 'four'],
    ['one', 'two 2', 'three', 'four', '...', ''],
  ])
    assert.ok(isShown(shown, output, same), shown.join());
  for (const shown of [[], ['one'], ['two 2', '...'], ['...', 'three'], ['one', '...', 'two', '...']])
    assert.not.ok(isShown(shown, output, same), shown.join());
});

test('values that change from run to run are masked, and others are not', () => {
  assert.is(masked('asked at 2026-12-01T01:24:54.657Z'), 'asked at <time>');
  assert.is(masked('happened 2026-03-30T09:03:12.000Z'), 'happened 2026-03-30T09:03:12.000Z');
  assert.is(masked('log  tagledger/embedded/8d01db25e2632b2c'), 'log  <log>');
  assert.is(masked('hash f47a8735d929dac6'), 'hash f47a8735d929dac6');
});

test('a command is read as a shell would, and what needs a shell is refused', () => {
  const read = (text: string) => readCommand([`$ ${text}`], (pattern) => [`${pattern}!`]);
  assert.equal(read(`TAG_RULES='{"Owner": "{who.name}"}' npx tagledger plan "a b" x/* 2>&1`), {
    args: ['npx', 'tagledger', 'plan', 'a b', 'x/*!'],
    env: { TAG_RULES: '{"Owner": "{who.name}"}' },
    both: true,
  });
  assert.equal(read('tagledger prove i-1 > proof.json').into, 'proof.json');
  for (const text of ['a | b', 'a && b', 'a $(b)', 'a < b', 'a; b'])
    assert.throws(() => read(text), /needs a shell|mark its block/, text);
});

test('a sample has its command, output and exit code; comments above its block are read', () => {
  const page =
    '- x\n  <!-- prepare: a -->\n  <!-- not run: b -->\n  ```console\n  $ one \\\n    two\n  out\n  exit code 4\n  $ three\n  ```';
  const [block] = blocksIn(page);
  assert.ok(block);
  assert.equal([block.prepare, block.notRun], [['a'], 'b']);
  assert.equal(samplesIn(block), [
    { typed: ['$ one \\', '  two'], output: ['out'], exitCode: 4, line: 5 },
    { typed: ['$ three'], output: [], exitCode: 0, line: 9 },
  ]);
});

test('a renewed output leaves out the same lines, and keeps what only changes from run to run', () => {
  const shown = ['head', '...', 'failed  vol-1  eu-west-1', '...', 'at 2026-12-01T01:24:54.657Z'];
  const now = ['HEAD', 'x', 'y', 'failed   vol-1    eu-west-1', 'z', 'at 2027-01-01T00:00:00.000Z'];
  assert.equal(renewed(shown, now, masked), [
    'HEAD',
    '...',
    'failed   vol-1    eu-west-1',
    '...',
    'at 2026-12-01T01:24:54.657Z',
  ]);
  assert.equal(renewed(['a'], ['b', 'c'], masked), ['b', 'c']);
  assert.equal(renewed([], ['b', 'c'], masked), ['b', 'c']);
});

test.run();
