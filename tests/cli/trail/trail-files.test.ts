import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trailFiles } from '../../../src/cli/trail/trail-files.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { rejectionOf } from '../../support/async.ts';
import { run, temporaryFolder } from '../../support/cli/command-line.ts';
import { launch } from '../../support/cloudtrail/trail.ts';

const test = suite('the files of a trail');
const folder = temporaryFolder(test);
const bucket = join(folder, 'AWSLogs');
const at = (path: string) => join(bucket, path);

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
  assert.equal(files, FILES.map(at));
  assert.equal(
    digests,
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

test('files and standard input stay as they are, in their order', async () => {
  const [first = '', second = ''] = FILES.map(at);
  assert.equal(await trailFiles([second, '-', first, 'nowhere.json']), {
    files: [second, '-', first, 'nowhere.json'],
    digests: [],
    notes: [],
  });
});

test('a link to a file is read, and a link to a folder is not, because it could lead back', async () => {
  const linked = join(folder, 'linked');
  mkdirSync(linked);
  symlinkSync(at(FILES[0] ?? ''), join(linked, 'a.json'));
  symlinkSync(folder, join(linked, 'back'));
  assert.equal((await trailFiles([linked])).files, [join(linked, 'a.json')]);
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
