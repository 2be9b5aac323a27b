import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A key pair as CloudTrail has one for each Region. */
export interface TrailSigner {
  /** The output of `aws cloudtrail list-public-keys`. */
  readonly publicKeys: {
    readonly PublicKeyList: readonly { readonly Fingerprint: string; readonly Value: string }[];
  };
  readonly fingerprint: string;
  sign(text: string): string;
}

export const trailSigner = (type: 'pkcs1' | 'spki' = 'pkcs1'): TrailSigner => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ format: 'der', type });
  // So it is with the keys in the AWS CloudTrail user guide.
  const fingerprint = createHash('md5').update(der).digest('hex');
  return {
    publicKeys: { PublicKeyList: [{ Fingerprint: fingerprint, Value: der.toString('base64') }] },
    fingerprint,
    sign: (text) => sign('sha256', Buffer.from(text), privateKey).toString('hex'),
  };
};

/** A file below the bucket, with its uncompressed content. */
export interface BucketFile {
  readonly key: string;
  readonly content: string;
}

/** A digest with the signature that S3 keeps beside it. */
export interface DigestFile extends BucketFile {
  readonly signature: string;
}

/** What a chain of digests is made of. The first hour begins at `from`. */
export interface ChainOptions {
  readonly signer: TrailSigner;
  readonly account?: string;
  readonly region?: string;
  readonly trail?: string;
  readonly from?: string;
  readonly isBackfill?: boolean;
  /** The digest that is named as the one before the first; none for a chain that begins here. */
  readonly after?: DigestFile;
  /** Changes a digest before it is signed. */
  readonly change?: (digest: Record<string, unknown>, hour: number) => object;
}

export const BUCKET = 'trail-bucket';
const HOUR = 3_600_000;
const basic = (time: string): string => time.replace(/[-:]/g, '');
const seconds = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** The key of the log file that has records up to `at`. */
export const logKey = (
  at: string,
  unique: string,
  { account = '111122223333', region = 'eu-west-1' }: Pick<ChainOptions, 'account' | 'region'> = {},
): string =>
  `AWSLogs/${account}/CloudTrail/${region}/${at.slice(0, 10).replaceAll('-', '/')}/${account}_CloudTrail_${region}_${basic(at).slice(0, 13)}Z_${unique.padEnd(16, '0')}.json.gz`;

const DEFAULTS = {
  account: '111122223333',
  region: 'eu-west-1',
  trail: 'audit',
  from: '2026-03-30T00:00:00Z',
  isBackfill: false,
};

/** What a digest says about the one before it. */
const previousMembers = (previous: DigestFile | undefined) => ({
  previousDigestS3Bucket: previous ? BUCKET : null,
  previousDigestS3Object: previous?.key ?? null,
  previousDigestHashValue: previous ? hashOf(previous.content) : null,
  previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
  previousDigestSignature: previous?.signature ?? null,
});

/** The digests of the log files of some hours, one an hour, as CloudTrail writes and signs them. */
export const digestChain = (
  hours: readonly (readonly BucketFile[])[],
  options: ChainOptions,
): DigestFile[] => {
  const { signer, account, region, trail, from, isBackfill, after, change } = { ...DEFAULTS, ...options };
  const digests: DigestFile[] = [];
  for (const [hour, logFiles] of hours.entries()) {
    const [start = '', end = ''] = [hour, hour + 1].map((n) => seconds(Date.parse(from) + n * HOUR));
    const previous = digests.at(-1) ?? after;
    const name = `${account}_CloudTrail-Digest_${region}_${trail}_eu-west-1_${basic(end)}${isBackfill ? '_backfill' : ''}.json.gz`;
    const key = `AWSLogs/${account}/CloudTrail-Digest/${region}/${end.slice(0, 10).replaceAll('-', '/')}/${name}`;
    const times = { newestEventTime: end, oldestEventTime: start };
    const digest = {
      awsAccountId: account,
      digestStartTime: start,
      digestEndTime: end,
      digestS3Bucket: BUCKET,
      digestS3Object: key,
      digestPublicKeyFingerprint: signer.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      ...(logFiles.length > 0 ? times : { newestEventTime: null, oldestEventTime: null }),
      ...previousMembers(previous),
      logFiles: logFiles.map((file) => ({
        s3Bucket: BUCKET,
        s3Object: file.key,
        hashValue: hashOf(file.content),
        hashAlgorithm: 'SHA-256',
        ...times,
      })),
    };
    const content = JSON.stringify(change ? change(digest, hour) : digest);
    const text = [end, `${BUCKET}/${key}`, hashOf(content), previous?.signature ?? 'null'].join('\n');
    digests.push({ key, content, signature: signer.sign(text) });
  }
  return digests;
};

/** Writes files as `aws s3 sync` copies them. */
export const writeBucket = (folder: string, files: readonly BucketFile[]): void => {
  for (const { key, content } of files) {
    const path = join(folder, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, key.endsWith('.gz') ? gzipSync(content) : content);
  }
};
