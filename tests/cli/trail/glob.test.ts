import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Glob, parseGlob } from '../../../src/cli/trail/glob.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';

const test = suite('patterns of paths');

const matches = (pattern: string, path: string): boolean => {
  const glob = parseGlob(pattern);
  if (!glob || !path.startsWith(glob.base)) return false;
  const below = path.slice(glob.base.length).split('/').filter(Boolean);
  return below.reduce((match, part) => match.step(part), glob.start).isMet;
};

test('a text without wildcards is no pattern', () => {
  assert.is(parseGlob('AWSLogs/111122223333'), undefined);
});

test('the folder before the first wildcard is known, so that nothing else is read', () => {
  for (const [pattern, base] of [
    ['AWSLogs/*/CloudTrail', 'AWSLogs'],
    ['/logs/2026/**', '/logs/2026'],
    ['/*.json', '/'],
    ['*.json', ''],
    ['../{a,b}/c.json', '..'],
  ] as const)
    assert.is(parseGlob(pattern)?.base, base, pattern);
});

test('a wildcard stands for what it stands for in a shell', () => {
  for (const [pattern, path] of [
    [
      'AWSLogs/*/CloudTrail/eu-*/**/*.json.gz',
      'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/31/a.json.gz',
    ],
    ['AWSLogs/**/*.json', 'AWSLogs/a.json'],
    ['**/*.json', 'a.json'],
    ['a/**', 'a/b/c.json'],
    ['a/**/**/d', 'a/b/c/d'],
    ['?.json', 'a.json'],
    ['[a-c].json', 'b.json'],
    ['[!a-c].json', 'd.json'],
    ['[]].json', '].json'],
    ['[^^].json', 'a.json'],
    ['{eu-west-1,us-*}/a.json', 'us-east-1/a.json'],
    ['a{,b}.json', 'a.json'],
    ['{a,{b,c}d}.json', 'cd.json'],
    ['[a-c-].json', '-.json'],
    ['a[.json', 'a[.json'],
    ['a[*', 'a[b'],
    ['*.*.json', 'a.b.c.json'],
    ['**a', 'ba'],
    ['a+(b).*', 'a+(b).json'],
    ['x[.json*', 'x[.json'],
    ['*a*a*a*b', 'aaab'],
    ['{a}*', '{a}.json'],
    ['.*/a.json', '.hidden/a.json'],
  ] as const)
    assert.ok(matches(pattern, path), `${pattern} ${path}`);
});

test('a wildcard stands for nothing else', () => {
  for (const [pattern, path] of [
    ['AWSLogs/*/a.json', 'AWSLogs/b/c/a.json'],
    ['*.json', '.hidden.json'],
    ['?hidden', '.hidden'],
    ['[.]hidden', '.hidden'],
    ['**/a.json', '.hidden/a.json'],
    ['*.json', 'a.json.gz'],
    ['a?c', 'ac'],
    ['[!a].json', 'a.json'],
    ['[^a].json', 'a.json'],
    ['[a-c].json', 'd.json'],
    ['[a-c].json', '-.json'],
    ['*ab', 'aba'],
    ['*.gz', 'gz'],
    ['{a,b}.json', 'c.json'],
    ['a.json*', 'aXjson'],
    ['a/**', 'a'],
  ] as const)
    assert.not.ok(matches(pattern, path), `${pattern} ${path}`);
});

test('a folder below which nothing can match is not open', () => {
  const { start } = parseGlob('*/CloudTrail/*.json') as Glob;
  assert.ok(start.step('111122223333').isOpen);
  assert.not.ok(start.step('111122223333').step('Config').isOpen);
  assert.not.ok(start.step('111122223333').step('CloudTrail').step('a.json').isOpen);
});

test('many wildcards take no time, and too many braces are refused', () => {
  const { start } = parseGlob(`${'**/a/'.repeat(20)}b`) as Glob;
  const parts = Array.from({ length: 200 }, () => 'a');
  assert.ok(parts.reduce((match, part) => match.step(part), start).step('b').isMet);
  const stars = parseGlob(`${'*a'.repeat(1000)}*b`)?.start.step('a'.repeat(10_000));
  assert.is(stars?.isMet, false);
  assert.throws(
    () => parseGlob('{a,b}'.repeat(12)),
    (error: unknown) => error instanceof InvalidInputError && /fewer braces/.test(error.message),
  );
});

test.run();
