import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrailFile } from '../../../src/cli/trail/trail-file.ts';
import { trailFiles } from '../../../src/cli/trail/trail-files.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { rejectionOf } from '../../support/async.ts';
import { run, temporaryFolder } from '../../support/cli/command-line.ts';
import { launch } from '../../support/cloudtrail/trail.ts';

const test = suite('the files of a trail');
const folder = temporaryFolder(test);
const bucket = join(folder, 'AWSLogs');
const at = (path: string) => join(bucket, path);

const names = (files: readonly TrailFile[]): readonly string[] => files.map(({ name }) => name);

const FILES = [
  '111122223333/CloudTrail/eu-west-1/2026/03/31/a.json',
  '111122223333/CloudTrail/us-east-1/2026/03/31/b.json',
  '444455556666/CloudTrail/eu-west-1/2026/03/31/c.json',
];
const BESIDE = [
  '111122223333/CloudTrail-Digest/eu-west-1/2026/03/31/d.json.gz',
  '111122223333/CloudTrail-Insight/eu-west-1/2026/03/31/e.json.gz',
  '444455556666/CloudTrail-Digest/eu-west-1/2026/03/31/f.json.gz',
  'README.txt',
  '.DS_Store',
];

test.before(() => {
  for (const [i, path] of [...FILES, ...BESIDE].entries()) {
    mkdirSync(dirname(at(path)), { recursive: true });
    const id = `i-0a1b2c3d4e5f6071${i}`;
    const records = { Records: [launch([id], { eventID: `7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a0${i}` })] };
    writeFileSync(at(path), path.includes('/CloudTrail/') ? JSON.stringify(records) : 'no record');
  }
});

test('a folder stands for the log files below it, without digests, Insights and other files', async () => {
  const { files, digests, notes } = await trailFiles([bucket]);
  assert.equal(names(files), FILES.map(at));
  assert.equal(
    names(digests),
    [BESIDE[0], BESIDE[2]].map((path) => at(path ?? '')),
  );
  assert.equal(notes, [
    `${bucket} has 3 log files. Left out: 1 Insights file, 1 other file, 2 digest files.`,
  ]);
});

test('a caller that reads digest files is not told that they are left out', async () => {
  const { notes } = await trailFiles([bucket], true);
  assert.equal(notes, [`${bucket} has 3 log files. Left out: 1 Insights file, 1 other file.`]);
});

test('files and standard input stay as they are, in their order, each once', async () => {
  const [first = '', second = ''] = FILES.map(at);
  const { files, notes } = await trailFiles([second, '-', first, second]);
  assert.equal(names(files), [second, '-', first]);
  assert.equal(notes, []);
});

test('a file that is not there is refused before any is read', async () => {
  const error = await rejectionOf(trailFiles([at(FILES[0] ?? ''), 'nowhere.json']));
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, /^nowhere\.json does not exist\. Check the name\./);
});

test('a pattern stands for the log files that match it, and for those in folders that match it', async () => {
  for (const [pattern, expected, note] of [
    ['*/CloudTrail/eu-*/**/*.json', [FILES[0], FILES[2]], undefined],
    ['*/CloudTrail/{us-east-1,eu-west-1}/2026/03/31/[ab].json', [FILES[0], FILES[1]], undefined],
    ['4444*', [FILES[2]], '1 digest file'],
    ['**', FILES, '1 Insights file, 1 other file, 2 digest files'],
  ] as const) {
    const arg = at(pattern);
    const { files, notes } = await trailFiles([arg]);
    assert.equal(
      names(files),
      expected.map((path) => at(path ?? '')),
      pattern,
    );
    const count = `${expected.length} log file${expected.length === 1 ? '' : 's'}`;
    assert.equal(notes, note ? [`${arg} has ${count}. Left out: ${note}.`] : []);
  }
});

test('a pattern without a match is refused, and says what was left out', async () => {
  for (const [pattern, text] of [
    ['*/CloudTrail/ap-*/**', /^No CloudTrail log file matches .* Check the pattern: .*\.json\.gz\.$/],
    ['nowhere/*.json', /^No CloudTrail log file matches /],
    ['*/CloudTrail-Digest/**', / Left out: 2 digest files\.$/],
  ] as const) {
    const error = await rejectionOf(trailFiles([at(pattern)]));
    assert.instance(error, InvalidInputError);
    assert.match((error as Error).message, text);
  }
});

test('a file or folder whose name has wildcards is itself', async () => {
  const odd = join(folder, 'odd');
  mkdirSync(join(odd, 'b*'), { recursive: true });
  for (const name of ['a[1].json', 'a1.json', 'b*/c.json', 'bb.json']) writeFileSync(join(odd, name), '{}');
  for (const [arg, expected] of [
    ['a[1].json', 'a[1].json'],
    ['b*', 'b*/c.json'],
  ] as const)
    assert.equal(names((await trailFiles([join(odd, arg)])).files), [join(odd, expected)]);
});

test('a link to a file is read, and a link to a folder is not, because it could lead back', async () => {
  const linked = join(folder, 'linked');
  mkdirSync(linked);
  symlinkSync(at(FILES[0] ?? ''), join(linked, 'a.json'));
  symlinkSync(folder, join(linked, 'back'));
  assert.equal(names((await trailFiles([linked])).files), [join(linked, 'a.json')]);
});

test('a folder without log files is refused, and says what it should have', async () => {
  const error = await rejectionOf(trailFiles([join(bucket, '111122223333/CloudTrail-Digest')]));
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, 'has no CloudTrail log file');
});

test('commands read a copied bucket, and end with 0', async () => {
  const ledger = join(folder, 'ledger');
  const { code, out, said } = await run(['ingest', bucket, '--ledger', ledger]);
  assert.is(code, 0, said);
  assert.match(out, /^records +3$/m);
  assert.match(said, 'Left out: 1 Insights file');
  for (const args of [
    ['plan', bucket],
    ['why', 'i-0a1b2c3d4e5f60710', '--trail', bucket, '--ledger', ledger],
  ])
    assert.is((await run(args)).code, 0, args[0]);
  const verified = await run(['verify', '--trail', bucket, '--ledger', ledger]);
  assert.match(verified.out, /^trail +OK +/m);
});

test.run();
