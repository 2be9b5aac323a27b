import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import {
  type BucketFile,
  type ChainOptions,
  type DigestFile,
  digestChain,
  logKey,
  trailSigner,
  writeBucket,
} from '../../../support/cloudtrail/digests.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger verify --trail, with digest files');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const signer = trailSigner();

const log = (hour: number, unique = `a${hour}`): BucketFile => ({
  key: logKey(`2026-03-30T0${hour}:55:00Z`, unique),
  content: JSON.stringify({
    Records: [
      sample('CreateVolume', {
        eventID: `create-${hour}`,
        eventTime: `2026-03-30T0${hour}:50:00Z`,
        responseElements: { volumeId: `vol-0a1b2c3d4e5f6071${hour}` },
      }),
    ],
  }),
});
const LOGS = [0, 1, 2, 3].map((hour) => log(hour));
const chain = (over: Partial<ChainOptions> = {}, logs = LOGS): DigestFile[] =>
  digestChain(
    logs.map((file) => [file]),
    { signer, ...over },
  );
const DIGESTS = chain();

const keyFile = (name: string, { publicKeys }: Pick<typeof signer, 'publicKeys'>): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(publicKeys));
  return path;
};
const KEYS = ['--trail-keys', keyFile('keys.json', signer)];

let buckets = 0;
/** A copy of a bucket. `at` gives the path of a file in it. */
const bucketOf = (files: readonly BucketFile[]) => {
  const root = join(folder, `bucket-${++buckets}`);
  writeBucket(root, files);
  return { root, at: ({ key }: BucketFile): string => join(root, key) };
};
type Bucket = ReturnType<typeof bucketOf>;

const verify = (root: string, ...more: string[]) =>
  run(['verify', '--ledger', ledger, '--trail', root, ...more]);
const digestsIn = (out: string) => JSON.parse(out).digests;
const rowsOf = (out: string): string[] =>
  digestsIn(out).ranges.map((range: Record<string, string>) =>
    [range.files, range.signature, range.from?.slice(11, 16), range.until?.slice(11, 16)].join(' '),
  );

test.before(async () => {
  const { root } = bucketOf(LOGS);
  assert.is((await run(['ingest', root, '--ledger', ledger])).code, 0);
});

test('without keys a whole trail is complete according to unsigned digests, and the exit code stays that of the ledger', async () => {
  const { root } = bucketOf([...LOGS, ...DIGESTS]);
  const { code, out, said } = await verify(root);
  assert.equal([code, said], [0, '']);
  assert.match(
    out,
    /^digests +NOT CHECKED +complete according to unsigned digests: 4 digests list 4 log files; all are here, unchanged; signatures NOT CHECKED: pass --trail-keys FILE with the output of `aws cloudtrail list-public-keys --region eu-west-1 --start-time 2026-03-30T00:00:00.000Z --end-time 2026-03-30T04:00:00.000Z`$/m,
  );
  assert.match(
    out,
    /^111122223333 +eu-west-1 +audit_eu-west-1 +whole +not-checked +2026-03-30T00:00:00.000Z +2026-03-30T04:00:00.000Z +4 +4$/m,
  );
  const json = await verify(root, '-o', 'json');
  assert.is(JSON.parse(json.out).verdicts.digests, 'not-checked');
});

test('with keys it is proven up to the newest digest, whose signature only S3 has', async () => {
  const { root } = bucketOf([...LOGS, ...DIGESTS]);
  const { code, out, said } = await verify(root, ...KEYS);
  assert.equal([code, said], [0, '']);
  assert.match(
    out,
    /^digests +OK +4 digests list 4 log files; all are here, unchanged; CloudTrail signed 3 of the digests$/m,
  );
  const json = await verify(root, ...KEYS, '-o', 'json');
  const { verdicts, unproven } = JSON.parse(json.out);
  assert.equal([verdicts.digests, unproven], ['ok', []]);
  const { ranges, ...counts } = digestsIn(json.out);
  assert.equal(counts, { digests: 4, signed: 3, logFiles: 4, unlisted: 0, newer: 0, findings: 0 });
  assert.equal(rowsOf(json.out), ['whole signed 00:00 03:00', 'whole no-signature 03:00 04:00']);
  assert.is(ranges[0].trail, 'audit_eu-west-1');
  const ndjson = await verify(root, ...KEYS, '-o', 'ndjson');
  assert.equal([ndjson.code, ndjson.out], [0, '']);
});

test('a folder without digest files is compared as before, and a line says what it does not show; with keys that is unproven', async () => {
  const { root } = bucketOf(LOGS);
  const plain = await verify(root);
  assert.equal([plain.code, plain.said], [0, '']);
  assert.match(
    plain.out,
    /^digests +NOT CHECKED +no digest files are beside the files of the trail, .* copy /m,
  );
  const json = await verify(root, '-o', 'json');
  assert.is(digestsIn(json.out), null);
  const { code, said } = await verify(root, ...KEYS);
  assert.is(code, 4);
  assert.match(said, /^UNPROVEN: no digest files are beside /);
});

test('other commands leave digest files out, and verify does not say that it does', async () => {
  const { root } = bucketOf([...LOGS, ...DIGESTS]);
  writeFileSync(join(root, 'README.txt'), 'a bucket');
  const ingest = await run(['ingest', root, '--ledger', ledger]);
  assert.match(ingest.said, 'Left out: 1 other file, 4 digest files.');
  assert.is((await verify(root)).said, `${root} has 4 log files. Left out: 1 other file.\n`);
});

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(path)).toString('utf8'))));

const [FIRST, SECOND, THIRD] = LOGS as [BucketFile, BucketFile, BucketFile, BucketFile];
const [, D2, D3] = DIGESTS as [DigestFile, DigestFile, DigestFile, DigestFile];
const FAULTS: readonly (readonly [
  name: string,
  attack: (bucket: Bucket) => void,
  kinds: readonly string[],
  row: string,
  /** Where something cannot be read, 1. */
  code?: number,
])[] = [
  [
    'a log file is missing',
    ({ at }) => rmSync(at(SECOND)),
    ['log-missing'],
    'log-missing signed 01:00 02:00',
  ],
  [
    'a log file was altered',
    ({ at }) => edit(at(SECOND), (text) => text.replace('CreateVolume', 'CreateVolumes')),
    ['log-altered'],
    'log-altered signed 01:00 02:00',
  ],
  [
    'a log file was cut',
    ({ at }) => truncateSync(at(SECOND), 200),
    ['log-altered'],
    'log-altered signed 01:00 02:00',
    1,
  ],
  [
    'a log file got a second gzip member',
    ({ at }) => writeFileSync(at(SECOND), gzipSync('{"Records":[]}'), { flag: 'a' }),
    ['log-altered'],
    'log-altered signed 01:00 02:00',
  ],
  [
    'a log file has an altered copy',
    ({ root }) => writeBucket(join(root, 'more'), [{ ...SECOND, content: '{"Records":[]}' }]),
    ['log-altered'],
    'log-altered signed 01:00 02:00',
  ],
  ['a digest is missing', ({ at }) => rmSync(at(D2)), ['digest-missing'], 'digest-missing  01:00 02:00'],
  [
    'a digest was edited to hide a log file that is missing',
    ({ at }) => {
      rmSync(at(SECOND));
      edit(at(D2), (text) => text.replace(/"logFiles":\[.*\]/, '"logFiles":[]'));
    },
    ['digest-altered'],
    'digest-altered invalid 01:00 02:00',
  ],
  [
    'a digest was cut',
    ({ at }) => truncateSync(at(D2), 300),
    ['digest-unreadable', 'digest-missing'],
    'digest-missing  01:00 02:00',
  ],
  [
    'the digest of another trail stands in for one',
    ({ root, at }) => {
      rmSync(at(D2));
      const [, other] = chain({ trail: 'other' });
      if (other) writeBucket(root, [other]);
    },
    ['digest-missing'],
    'digest-missing  01:00 02:00',
  ],
  [
    'a digest was renamed to stand in for another',
    ({ at }) => renameSync(at(D3), at(D2)),
    ['digest-moved', 'digest-missing'],
    'digest-missing  01:00 02:00',
  ],
];

for (const [name, attack, kinds, row, expected = 3] of FAULTS)
  test(`where ${name}, verify says so with exit code ${expected}, and the hour is not whole`, async () => {
    const bucket = bucketOf([...LOGS, ...DIGESTS]);
    attack(bucket);
    const json = await verify(bucket.root, ...KEYS, '-o', 'json');
    assert.is(json.code, expected, json.said);
    const { findings, verdicts } = JSON.parse(json.out);
    assert.is(verdicts.digests, 'failed');
    assert.equal(
      findings.map(({ kind }: { kind: string }) => kind),
      kinds,
    );
    for (const finding of findings)
      assert.equal([finding.check, finding.stream, finding.seq], ['digests', null, null]);
    assert.ok(rowsOf(json.out).includes(row), rowsOf(json.out).join('\n'));
    const ndjson = await verify(bucket.root, ...KEYS, '-o', 'ndjson');
    assert.equal(linesOf(ndjson.out), findings);
    const text = await verify(bucket.root);
    assert.is(text.code, expected);
    assert.match(text.out, /^digests +FAILED +\d findings?; /m);
    assert.not.match(text.out, 'complete according');
  });

test('digests that were written anew are found with the keys, and without them are only unsigned', async () => {
  const forged = chain({ signer: { ...trailSigner(), fingerprint: signer.fingerprint } }, [FIRST, THIRD]);
  const { root } = bucketOf([FIRST, THIRD, ...forged]);
  const { code, out } = await verify(root, ...KEYS);
  assert.is(code, 3);
  assert.match(out, /^digest-signature .* a signature that does not belong to it$/m);
  assert.is((await verify(root)).code, 0);
});

test('what the digests and keys do not prove is said, and is unproven only where keys ask for a proof', async () => {
  const other = keyFile('other.json', trailSigner());
  const later = [5, 6].map((hour) => log(hour));
  const restart = [...DIGESTS, ...chain({ from: '2026-03-30T05:00:00Z' }, later)];
  const cases: readonly (readonly [files: readonly BucketFile[], keys: string[], words: RegExp])[] = [
    [
      [...LOGS, ...DIGESTS],
      ['--trail-keys', other],
      /: 3 digests signed with a key that is not in the files of --trail-keys/,
    ],
    [[...LOGS, ...DIGESTS.slice(0, 1)], KEYS, /: 1 digest without a signature, /],
    [[...LOGS, ...DIGESTS, log(0, 'foreign')], KEYS, /: 1 log file in no digest\.$/m],
    [
      [...LOGS, ...DIGESTS, { key: 'AWSLogs/own.json', content: '[]' }],
      KEYS,
      /: 1 log file in no digest\.$/m,
    ],
    [[...LOGS, ...DIGESTS.slice(2)], KEYS, /: 2 log files in no digest\.$/m],
    [[...LOGS, ...later, ...restart], KEYS, /: 1 digest without a signature, .*; 1 time without digests\.$/m],
  ];
  for (const [files, keys, words] of cases) {
    const { root } = bucketOf(files);
    await run(['ingest', root, '--ledger', ledger]);
    const { code, said, out } = await verify(root, ...keys);
    assert.is(code, 4, out);
    assert.match(said, words);
    assert.match(out, /^digests +NOT CHECKED /m);
    assert.is((await verify(root)).code, 0);
  }
});

test('log files that are newer than the newest digest are counted, and take nothing from the proof', async () => {
  const { root } = bucketOf([...LOGS, log(4), ...DIGESTS]);
  await run(['ingest', root, '--ledger', ledger]);
  const { code, out } = await verify(root, ...KEYS);
  assert.is(code, 0);
  assert.match(out, /^digests +OK .*; 1 log file newer than the newest digest$/m);
  assert.match(out, /^111122223333 +eu-west-1 +newer +2026-03-30T04:55:00.000Z /m);
});

test('files are found by their names in other folders, inflated or not', async () => {
  const root = join(folder, 'moved');
  for (const { key, content } of [...LOGS, ...DIGESTS]) {
    const path = join(root, key.includes('Digest') ? 'CloudTrail-Digest' : 'logs', basename(key, '.gz'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const { code, out } = await verify(root, ...KEYS);
  assert.is(code, 0);
  assert.match(out, /^digests +OK /m);
});

test('keys of several Regions are given in one file each', async () => {
  const [away, logs] = [trailSigner(), [log(0, 'x'), log(1, 'y')]];
  const there = { region: 'us-east-1', signer: away };
  const moved = logs.map((file, hour) => ({
    ...file,
    key: logKey(`2026-03-30T0${hour}:55:00Z`, `us${hour}`, there),
  }));
  const { root } = bucketOf([...LOGS, ...DIGESTS, ...moved, ...chain(there, moved)]);
  const first = await verify(root);
  assert.match(
    first.out,
    '--region REGION --start-time 2026-03-30T00:00:00.000Z --end-time 2026-03-30T04:00:00.000Z`, one FILE for each of the 2 Regions',
  );
  assert.is((await verify(root, ...KEYS)).code, 4);
  const { code, out } = await verify(root, ...KEYS, '--trail-keys', keyFile('us.json', away));
  assert.is(code, 0, out);
});

test('--trail-keys needs a trail, and keys', async () => {
  const alone = await run(['verify', '--ledger', ledger, ...KEYS]);
  assert.is(alone.code, 2);
  assert.match(alone.said, '--trail-keys needs the files of a trail');
  const { root } = bucketOf(LOGS);
  for (const [text, words] of [
    ['key', /bad\.json: These are not CloudTrail's public keys: it is not JSON/],
    [
      '{"Keys":[]}',
      /bad\.json: .* it has no PublicKeyList\. Give the output of `aws cloudtrail list-public-keys/,
    ],
  ] as const) {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, text);
    const { code, said } = await verify(root, '--trail-keys', bad);
    assert.is(code, 1);
    assert.match(said, words);
  }
});

test('what is wrong with a trail is no tampering with the ledger, and --record does not record it', async () => {
  const bucket = bucketOf([...LOGS, ...DIGESTS]);
  rmSync(bucket.at(SECOND));
  const { code, out } = await verify(bucket.root, '--record');
  assert.is(code, 3);
  assert.match(out, /^the ledger records 0 findings$/m);
});

test.run();
