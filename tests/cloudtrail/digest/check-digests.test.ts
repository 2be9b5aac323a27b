import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDigests } from '../../../src/cloudtrail/digest/check-digests.ts';
import type { DigestFault } from '../../../src/cloudtrail/digest/digest-fault.ts';
import { parseTrailKeys } from '../../../src/cloudtrail/digest/public-keys.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { rejectionOf } from '../../support/async.ts';
import {
  BUCKET,
  type BucketFile,
  type ChainOptions,
  type DigestFile,
  digestChain,
  logKey,
  trailSigner,
} from '../../support/cloudtrail/digests.ts';

const test = suite('the digests of a trail');
const signer = trailSigner();
const KEYS = parseTrailKeys(JSON.stringify(signer.publicKeys));

const log = (hour: number, content = `records of hour ${hour}`): BucketFile => ({
  key: logKey(`2026-03-30T0${hour}:55:00Z`, `a${hour}`),
  content,
});
const LOGS = [0, 1, 2, 3, 4].map((hour) => log(hour));
const HOURS = LOGS.map((file) => [file]);
const chain = (over: Partial<ChainOptions> = {}, hours = HOURS) => digestChain(hours, { signer, ...over });

interface Checking {
  readonly digests: readonly (BucketFile & { readonly signature?: string })[];
  readonly logs?: readonly BucketFile[];
  /** Null for none. */
  readonly keys?: typeof KEYS | null;
  /** Whether the signatures are there that S3 keeps beside the digests. */
  readonly isS3?: boolean;
}

/** Checks files in memory. The path of a digest file begins with where it stands in the list. */
const check = async ({ digests, logs = LOGS, keys = KEYS, isS3 = false }: Checking) => {
  const faults: DigestFault[] = [];
  const { ranges, unproven } = await checkDigests(
    {
      digests: digests.map(({ key }, i) => `${i}/${key}`),
      readDigest: async (name) => {
        const { content, signature } = digests[Number.parseInt(name, 10)] as DigestFile;
        return { bytes: Buffer.from(content), ...(isS3 && { signature }) };
      },
      checkLogFile: async ({ place, sha256 }) => {
        const file = logs.find(({ key }) => `${BUCKET}/${key}` === place);
        if (!file) return { kind: 'log-missing', expected: place, found: 'nothing' };
        const found = createHash('sha256').update(file.content).digest('hex');
        return found === sha256 ? undefined : { kind: 'log-altered', expected: sha256, found };
      },
    },
    keys ?? undefined,
    (fault) => faults.push(fault),
    () => {},
  );
  return {
    kinds: faults.map(({ kind }) => kind),
    faults,
    unproven,
    rows: ranges.map(({ files, signature, from, until, digests, logFiles }) =>
      [files, String(signature), `${from?.slice(11, 16)}-${until?.slice(11, 16)}`, digests, logFiles].join(
        ' ',
      ),
    ),
    ranges,
  };
};

const WHOLE = ['whole signed 00:00-04:00 4 4', 'whole no-signature 04:00-05:00 1 1'];
const PROVEN = { noKey: 0, noSignature: 0 };

test('a whole chain is one range that is signed, and its newest digest, whose signature only S3 has', async () => {
  const { kinds, rows, unproven, ranges } = await check({ digests: chain() });
  assert.equal([kinds, rows, unproven], [[], WHOLE, PROVEN]);
  assert.equal(ranges[0], {
    account: '111122223333',
    region: 'eu-west-1',
    trail: 'audit_eu-west-1',
    files: 'whole',
    signature: 'signed',
    from: '2026-03-30T00:00:00.000Z',
    until: '2026-03-30T04:00:00.000Z',
    digests: 4,
    logFiles: 4,
  });
});

test('where the signatures beside the digests are known, the newest one is signed as well', async () => {
  const { kinds, rows } = await check({ digests: chain(), isS3: true });
  assert.equal([kinds, rows], [[], ['whole signed 00:00-05:00 5 5']]);
});

test('without keys no digest is called signed, and none is unproven, because nobody asked', async () => {
  const { kinds, rows, unproven } = await check({ digests: chain(), keys: null, isS3: true });
  assert.equal([kinds, rows, unproven], [[], ['whole not-checked 00:00-05:00 5 5'], PROVEN]);
});

test('the order of the files and copies of them change nothing', async () => {
  const digests = chain();
  const [a, b, c, d, e] = digests as [DigestFile, DigestFile, DigestFile, DigestFile, DigestFile];
  for (const some of [
    [e, d, c, b, a],
    [c, a, e, b, d],
    [...digests, ...digests],
    [b, b, a, e, a, d, c, e],
  ]) {
    const { kinds, rows } = await check({ digests: some });
    assert.equal([kinds, rows], [[], WHOLE]);
  }
});

test('an hour without log files is whole', async () => {
  const hours = HOURS.map((files, hour) => (hour === 2 ? [] : files));
  const { kinds, rows } = await check({ digests: chain({}, hours) });
  assert.equal([kinds, rows[0]], [[], 'whole signed 00:00-04:00 4 3']);
});

test('a copy that begins in the middle of a chain says nothing of the time before', async () => {
  const { kinds, rows } = await check({ digests: chain().slice(2) });
  assert.equal([kinds, rows[0]], [[], 'whole signed 02:00-04:00 2 2']);
});

for (const [name, logs, kind] of [
  ['is missing', LOGS.filter((_, hour) => hour !== 2), 'log-missing'],
  ['was altered', LOGS.map((file, hour) => (hour === 2 ? log(2, 'other records') : file)), 'log-altered'],
] as const)
  test(`a log file that ${name} is found, and its hour is not whole`, async () => {
    const { kinds, rows } = await check({ digests: chain(), logs });
    assert.equal(kinds, [kind]);
    assert.equal(rows, [
      'whole signed 00:00-02:00 2 2',
      `${kind} signed 02:00-03:00 1 1`,
      'whole signed 03:00-04:00 1 1',
      WHOLE[1],
    ]);
  });

test('a digest that is missing between others is found, and its hour is a gap', async () => {
  const digests = chain();
  const { faults, rows } = await check({ digests: digests.filter((_, hour) => hour !== 2) });
  assert.equal(faults, [
    {
      kind: 'digest-missing',
      expected: `${basename(digests[2]?.key ?? '')} before ${basename(digests[3]?.key ?? '')}`,
      found: 'no such file',
    },
  ]);
  // Only the missing digest has the signature of the one before it.
  assert.equal(rows, [
    'whole signed 00:00-01:00 1 1',
    'whole no-signature 01:00-02:00 1 1',
    'digest-missing null 02:00-03:00 0 0',
    'whole signed 03:00-04:00 1 1',
    WHOLE[1],
  ]);
});

/** A chain in which somebody edited the digest of an hour after it was signed. */
const edited = (hour: number, edit: (content: string) => string): DigestFile[] =>
  chain().map((digest, i) => (i === hour ? { ...digest, content: edit(digest.content) } : digest));

test('a digest that was edited so that it leaves a file out is found with and without keys', async () => {
  const digests = edited(2, (content) => content.replace(/"logFiles":\[.*\]/, '"logFiles":[]'));
  const logs = LOGS.filter((_, hour) => hour !== 2);
  for (const keys of [KEYS, null]) {
    const { kinds, rows } = await check({ digests, logs, keys });
    assert.equal(kinds, ['digest-altered']);
    assert.equal(rows[1], `digest-altered ${keys ? 'invalid' : 'not-checked'} 02:00-03:00 1 0`);
  }
});

test('digests that were written anew with all hashes are found with keys, and are only unsigned without', async () => {
  const forger = { ...trailSigner(), fingerprint: signer.fingerprint };
  const digests = chain({ signer: forger });
  const { kinds, rows } = await check({ digests });
  assert.equal(kinds, new Array(4).fill('digest-signature'));
  assert.equal(rows[0], 'digest-altered invalid 00:00-04:00 4 4');
  assert.equal((await check({ digests, keys: null })).rows, ['whole not-checked 00:00-05:00 5 5']);
});

test('digests that another key signed are unproven, not proven', async () => {
  const digests = chain({ signer: trailSigner() });
  const { kinds, rows, unproven } = await check({ digests });
  assert.equal([kinds, unproven], [[], { noKey: 4, noSignature: 1 }]);
  assert.equal(rows, ['whole no-key 00:00-04:00 4 4', WHOLE[1]]);
});

test('a signature that is no hexadecimal is invalid', async () => {
  for (const bad of ['', 'zz', 'x'.repeat(512), '00']) {
    const digests = chain().slice(0, 1);
    const next = chain(
      { after: { ...(digests[0] as DigestFile), signature: bad }, from: '2026-03-30T01:00:00Z' },
      [[LOGS[1] as BucketFile]],
    );
    const { kinds } = await check({ digests: [...digests, ...next] });
    // An empty text is no signature at all, which no digest has.
    assert.equal(kinds, [bad === '' ? 'digest-unreadable' : 'digest-signature'], bad);
  }
});

test('a chain that begins anew leaves a time that is not covered, and a digest that nobody can prove', async () => {
  const [early, late] = [HOURS.slice(0, 2), HOURS.slice(3)];
  const digests = [...chain({}, early), ...chain({ from: '2026-03-30T03:00:00Z' }, late)];
  const { kinds, rows, unproven } = await check({ digests });
  assert.equal([kinds, unproven], [[], { noKey: 0, noSignature: 1 }]);
  assert.equal(rows, [
    'whole signed 00:00-01:00 1 1',
    'whole no-signature 01:00-02:00 1 1',
    'not-covered null 02:00-03:00 0 0',
    'whole signed 03:00-04:00 1 1',
    WHOLE[1],
  ]);
});

test('the digest of another trail fills no gap', async () => {
  const other = chain({ trail: 'other' })[2] as DigestFile;
  const digests = chain();
  digests[2] = other;
  const { kinds, ranges } = await check({ digests });
  assert.equal(kinds, ['digest-missing']);
  assert.equal(
    ranges.filter(({ files }) => files === 'digest-missing').map(({ trail }) => trail),
    ['audit_eu-west-1'],
  );
});

test('a digest that was put between two is found', async () => {
  const digests = chain();
  const between = chain({ from: '2026-03-30T00:30:00Z' }, [[LOGS[1] as BucketFile]]);
  const { kinds } = await check({ digests: [...digests, ...between] });
  assert.equal(kinds, ['digest-order']);
});

test('of two digests with one name the false one is found, whichever is read first', async () => {
  const digests = chain();
  const [, , third] = digests;
  const twin = { ...(third as DigestFile), content: (third as DigestFile).content.replace('a2', 'b2') };
  for (const some of [
    [...digests, twin],
    [twin, ...digests],
  ]) {
    const { kinds } = await check({ digests: some });
    assert.ok(
      kinds.some((kind) => kind === 'digest-altered' || kind === 'digest-order'),
      kinds.join(),
    );
  }
});

test('accounts, Regions and backfills are chains of their own; a backfill covers no time between', async () => {
  const extra = ['a', 'b', 'c'].map((unique) => ({
    key: logKey('2026-03-30T00:40:00Z', unique),
    content: unique,
  }));
  const backfills: DigestFile[] = [];
  for (const [i, file] of extra.entries()) {
    const after = backfills.at(-1);
    const from = `2026-03-30T0${2 * i}:00:00Z`;
    backfills.push(...chain({ isBackfill: true, from, ...(after && { after }) }, [[file]]));
  }
  const other = digestChain([[], []], { signer, account: '444455556666', region: 'us-east-1' });
  const { kinds, ranges, rows } = await check({
    digests: [...other, ...backfills.reverse(), ...chain()],
    logs: [...LOGS, ...extra],
  });
  assert.equal(kinds, []);
  assert.equal(
    ranges.map(({ account, region, trail }) => [account, region, trail].join(' ')),
    [
      '111122223333 eu-west-1 audit_eu-west-1',
      '111122223333 eu-west-1 audit_eu-west-1',
      '111122223333 eu-west-1 audit_eu-west-1 (backfill)',
      '111122223333 eu-west-1 audit_eu-west-1 (backfill)',
      '111122223333 eu-west-1 audit_eu-west-1 (backfill)',
      '444455556666 us-east-1 audit_eu-west-1',
      '444455556666 us-east-1 audit_eu-west-1',
    ],
  );
  assert.equal(rows.slice(2, 5), [
    'whole signed 00:00-01:00 1 1',
    'whole signed 02:00-03:00 1 1',
    'whole no-signature 04:00-05:00 1 1',
  ]);
});

const member = (name: string, value: unknown) => (content: string) =>
  JSON.stringify({ ...JSON.parse(content), [name]: value });
for (const [name, edit, words] of [
  ['no JSON', (content: string) => content.slice(0, -9), /^it is not JSON/],
  ['without logFiles', member('logFiles', undefined), /^it has no logFiles$/],
  ['with logFiles that are no list', member('logFiles', null), /^its logFiles is null, not a list$/],
  ['with another hash algorithm', member('previousDigestHashAlgorithm', 'MD5'), /"MD5", not SHA-256$/],
  ['with a time that is none', member('digestEndTime', '2026-02-30T00:00:00Z'), /not a time like/],
  ['with half a predecessor', member('previousDigestHashValue', null), /only in part/],
  ['with another name', member('digestS3Object', 'AWSLogs/d.json.gz'), /is not the name of a digest/],
  ['of another account', member('awsAccountId', '444455556666'), /is not the account/],
] as const)
  test(`a digest ${name} is unreadable, and is missing in the chain`, async () => {
    const { faults, kinds, rows } = await check({ digests: edited(2, edit) });
    assert.equal(kinds, ['digest-unreadable', 'digest-missing']);
    assert.match(faults[0]?.found ?? '', words);
    assert.ok(rows.includes('digest-missing null 02:00-03:00 0 0'), rows.join());
  });

test('a digest file that cannot be read at all ends the check, because more may be wrong', async () => {
  const unreadable = new InvalidInputError('permission denied');
  const source = {
    digests: ['d.json.gz'],
    readDigest: () => Promise.reject(unreadable),
    checkLogFile: async () => undefined,
  };
  const nothing = () => {};
  assert.is(await rejectionOf(checkDigests(source, KEYS, nothing, nothing)), unreadable);
});

/** A pseudo-random number from 0 to below `most`, the same in each run. */
const picker = (seed: number) => {
  let state = seed;
  return (most: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
};

test('a digest that names itself otherwise than its file is found', async () => {
  const digests = edited(0, (content) => content.replaceAll('_audit_', '_audio_'));
  const { kinds } = await check({ digests, keys: null });
  assert.equal(kinds, ['digest-moved']);
});

test('whatever bit of a digest that is not the newest changes, and whichever file goes, something is found', async () => {
  const pick = picker(7);
  const whole = chain();
  for (let round = 0; round < 400; round += 1) {
    const at = pick(4);
    const bytes = Buffer.from((whole[at] as DigestFile).content);
    const place = pick(bytes.length);
    bytes[place] = (bytes[place] as number) ^ (1 << pick(7));
    const digests = whole.map((one, i) => (i === at ? { ...one, content: bytes.toString('utf8') } : one));
    const { kinds } = await check({ digests, keys: round % 2 ? KEYS : null });
    assert.ok(kinds.length > 0, `bit in byte ${place} of digest ${at}`);
  }
});

test('CloudTrail’s keys are read in both forms; anything else is refused', () => {
  for (const form of ['pkcs1', 'spki'] as const) {
    const { publicKeys, fingerprint } = trailSigner(form);
    assert.equal([...parseTrailKeys(JSON.stringify(publicKeys)).keys()], [fingerprint]);
  }
  for (const [output, words] of [
    [{}, /it has no PublicKeyList/],
    [null, /it is null, not an object/],
    [{ PublicKeyList: [] }, /no public keys/],
    [{ PublicKeyList: [{ Fingerprint: 'aa', Value: 'bm8ga2V5' }] }, /aa is no RSA key/],
  ] as const)
    assert.throws(() => parseTrailKeys(JSON.stringify(output)), words);
  assert.throws(() => parseTrailKeys('key'), /it is not JSON/);
});

test.run();
