import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trailFiles } from '../../../src/cli/trail/trail-files.ts';
import { rejectionOf } from '../../support/async.ts';
import { run, temporaryFolder } from '../../support/cli/command-line.ts';
import { launch } from '../../support/cloudtrail/trail.ts';
import { type FakeObject, fakeTrailBucket, s3Error } from '../../support/fakes/trail-bucket.ts';

const test = suite('the files of a trail in a bucket');
const folder = temporaryFolder(test);

const launched = (n: number): Buffer =>
  gzipSync(
    JSON.stringify({
      Records: [launch([`i-0a1b2c3d4e5f6071${n}`], { eventID: `7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a0${n}` })],
    }),
  );

const KEYS = [
  'o-1/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/31/a.json.gz',
  'o-1/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/31/b.json.gz',
  'o-1/AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/31/c.json.gz',
];
const OTHERS = [
  'o-1/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/31/d.json.gz',
  'o-1/AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/31/e.json.gz',
  'o-1/AWSLogs/111122223333/CloudTrail/',
  'o-1/AWSLogs-old/f.json.gz',
  'o-1/README.txt',
];

let objects: Map<string, FakeObject>;
let fake: ReturnType<typeof fakeTrailBucket>;
test.before.each(() => {
  objects = new Map<string, FakeObject>([
    ...KEYS.map((key, n) => [key, { bytes: launched(n) }] as const),
    ...OTHERS.map((key) => [key, { bytes: '' }] as const),
  ]);
  fake = fakeTrailBucket(objects);
});
test.after.each(() => fake.restore());

const namesOf = async (arg: string): Promise<readonly string[]> =>
  (await trailFiles([arg])).files.map(({ name }) => name);
const s3 = (key: string) => `s3://trail-bucket/${key}`;
const problemOf = async (arg: string): Promise<string> =>
  ((await rejectionOf(trailFiles([arg]))) as Error).message;

test('a prefix stands for the log files below this folder, in the order of their keys', async () => {
  const { files, notes } = await trailFiles([s3('o-1/AWSLogs')]);
  assert.equal(
    files.map(({ name }) => name),
    KEYS.map(s3),
  );
  assert.equal(notes, [`${s3('o-1/AWSLogs')} has 3 log files. Left out: 1 Insights file, 1 digest file.`]);
  const { digests } = await trailFiles([s3('o-1/AWSLogs')], true);
  assert.equal(
    digests.map(({ name }) => name),
    [s3(OTHERS[0] ?? '')],
  );
  assert.is((await namesOf('s3://trail-bucket')).length, 4);
});

test('a key stands for its object, whatever its name', async () => {
  assert.equal(await namesOf(s3('o-1/README.txt')), [s3('o-1/README.txt')]);
});

test('a pattern stands for the objects that match it, and only what is before it is listed', async () => {
  assert.equal(
    await namesOf(s3('o-1/AWSLogs/*/CloudTrail/eu-*/**/*.json.gz')),
    [KEYS[0], KEYS[2]].map((key) => s3(key ?? '')),
  );
  assert.equal(await namesOf(s3('o-1/AWSLogs/4*')), [s3(KEYS[2] ?? '')]);
  assert.ok(fake.requests.every((request) => request.startsWith('list o-1/AWSLogs/')));
});

test('every problem of a bucket is one sentence with a remedy', async () => {
  assert.is(
    await problemOf('s3://nowhere/AWSLogs'),
    'There is no bucket nowhere. Check its name, and --profile if it is in another account.',
  );
  assert.match(await problemOf('s3://'), /names no bucket\. Write s3:\/\/BUCKET/);
  assert.match(await problemOf(s3('o-1/missing')), /^No CloudTrail log file is under .*\. Check the prefix/);
  assert.match(await problemOf(s3('o-1/*.txt')), / Left out: 1 other file\.$/);
  for (const [name, text, expected] of [
    ['AccessDenied', 'Access Denied', /^The credentials may not read .*s3:ListBucket and s3:GetObject/],
    ['CredentialsProviderError', 'Could not load', /^There are no valid credentials .* --profile\.$/],
    ['Error', 'Region is missing', /^The Region of .* --aws-region/],
    ['SlowDown', 'Please reduce your request rate.', /cannot be read: SlowDown: Please reduce/],
  ] as const) {
    fake.mock.on(ListObjectsV2Command).rejects(s3Error(name, text));
    assert.match(await problemOf(s3('o-1')), expected);
  }
});

test('an object in an archive is refused before any is read, and one that cannot be read is named', async () => {
  objects.set(`${KEYS[2]}`, { bytes: '', storageClass: 'GLACIER' });
  assert.match(
    await problemOf(s3('o-1/AWSLogs')),
    /^1 object under .* must be restored from an archive first, such as .*c\.json\.gz \(GLACIER\)\./,
  );
  fake.mock.on(GetObjectCommand).rejects(s3Error('AccessDenied'));
  const { code, said } = await run(['plan', s3(KEYS[0] ?? '')]);
  assert.is(code, 1);
  assert.match(said, /The credentials may not read s3:\/\/trail-bucket\/.*a\.json\.gz\. .*kms:Decrypt/);
});

test('commands read a bucket as they read a folder', async () => {
  const ledger = join(folder, 'ledger');
  const bucket = s3('o-1/AWSLogs/');
  const { code, out, said } = await run(['ingest', bucket, '--ledger', ledger]);
  assert.is(code, 0, said);
  assert.match(out, /^records +3$/m);
  for (const args of [
    ['plan', bucket],
    ['why', 'i-0a1b2c3d4e5f60710', '--trail', bucket, '--ledger', ledger],
  ])
    assert.is((await run(args)).code, 0, args[0]);
  const verified = await run(['verify', '--trail', bucket, '--ledger', ledger]);
  assert.match(verified.out, /^trail +OK +/m);
});

test('a connection that breaks is continued where it broke, and an object that was written again is not', async () => {
  objects.set('a.json', { bytes: launched(1), breaks: 3 });
  const { code, out } = await run(['plan', s3('a.json')]);
  assert.is(code, 0);
  assert.match(out, /^records +1$/m);
  assert.is(fake.requests.filter((request) => request === 'get a.json').length, 4);

  const [file] = (await trailFiles([s3('a.json')])).files;
  objects.set('a.json', { bytes: launched(2), etag: '"2"' });
  const error = await rejectionOf(
    (async () => {
      for await (const _ of file?.read() ?? []);
    })(),
  );
  assert.match((error as Error).message, /was written again while it was read/);
});

test.run();
