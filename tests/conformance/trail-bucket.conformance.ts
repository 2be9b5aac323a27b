import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Exited, start } from '../support/cli/spawned.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { clientOf, REGION, targets } from './targets.ts';

const { cloud } = targets();
const test = suite(`a trail in a bucket of ${cloud.name}`);

const Bucket = `conformance-trail-${process.pid}-${Date.now()}`;
const s3 = new S3Client({ ...clientOf(cloud), forcePathStyle: true });
const ACCOUNT = 'AWSLogs/111122223333';
const LOGS = [1, 2, 3].map((n) => `${ACCOUNT}/CloudTrail/${REGION}/2026/03/3${n % 2}/${n}.json.gz`);
const OTHERS = [`${ACCOUNT}/CloudTrail-Digest/${REGION}/2026/03/31/d.json.gz`, `${ACCOUNT}/CloudTrail/`];

const put = (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

test.before(async () => {
  const LocationConstraint = REGION === 'us-east-1' ? undefined : (REGION as 'eu-west-1');
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  for (const [n, key] of LOGS.entries())
    await put(key, gzipSync(JSON.stringify({ Records: [launch([`i-0a1b2c3d4e5f6071${n}`])] })));
  for (const key of OTHERS) await put(key, Buffer.alloc(0));
});
test.after(async () => {
  for (const Key of [...LOGS, ...OTHERS]) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
  s3.destroy();
});

const plan = (what: string): Promise<Exited> =>
  start(['plan', what], {
    env: {
      ...(cloud.endpoint === undefined
        ? (env as Record<string, string>)
        : {
            AWS_ENDPOINT_URL: cloud.endpoint,
            AWS_ACCESS_KEY_ID: 'conformance',
            AWS_SECRET_ACCESS_KEY: 'conformance',
          }),
      AWS_REGION: REGION,
    },
  }).exited;

test('a prefix is listed and its log files are read', async () => {
  const { code, out, said } = await plan(`s3://${Bucket}/AWSLogs`);
  assert.is(code, 0, said);
  assert.match(out, /^records +3$/m);
  assert.match(said, 'has 3 log files. Left out: 1 digest file.');
});

test('a pattern and a key are read', async () => {
  for (const [what, records] of [
    [`${ACCOUNT}/CloudTrail/*/2026/03/31/*.gz`, 2],
    [LOGS[1], 1],
  ] as const) {
    const { code, out, said } = await plan(`s3://${Bucket}/${what}`);
    assert.is(code, 0, said);
    assert.match(out, new RegExp(`^records +${records}$`, 'm'));
  }
});

test('a bucket that does not exist, and a prefix without anything, are said in a sentence', async () => {
  const missing = await plan(`s3://${Bucket}-2/AWSLogs`);
  assert.is(missing.code, 1);
  assert.match(missing.said, `There is no bucket ${Bucket}-2. Check its name`);
  const empty = await plan(`s3://${Bucket}/nothing`);
  assert.is(empty.code, 1);
  assert.match(empty.said, 'No CloudTrail log file is under');
});

test.run();
