import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { InvalidInputError } from '../../shared/errors.ts';
import { decodeUtf8 } from '../../shared/text.ts';
import { instantOf } from '../../shared/time.ts';
import { memberProblem } from '../member-problem.ts';

const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));
const time = v.pipe(
  text,
  v.check((value) => instantOf(value) !== undefined, 'a time like 2026-03-31T23:00:00Z'),
);
const sha256 = v.pipe(text, v.regex(/^[0-9a-f]{64}$/i, 'a SHA-256 in hexadecimal'), v.toLowerCase());
const algorithm = v.literal('SHA-256', 'SHA-256');

const DigestSchema = v.looseObject(
  {
    awsAccountId: text,
    digestStartTime: time,
    digestEndTime: time,
    digestS3Bucket: text,
    digestS3Object: text,
    digestPublicKeyFingerprint: text,
    digestSignatureAlgorithm: v.literal('SHA256withRSA', 'SHA256withRSA'),
    previousDigestS3Bucket: v.nullish(text),
    previousDigestS3Object: v.nullish(text),
    previousDigestHashValue: v.nullish(sha256),
    previousDigestHashAlgorithm: v.nullish(algorithm),
    previousDigestSignature: v.nullish(text),
    logFiles: v.array(
      v.looseObject(
        { s3Bucket: text, s3Object: text, hashValue: sha256, hashAlgorithm: algorithm },
        'an object',
      ),
      'a list',
    ),
  },
  'an object',
);

/**
 * The name of the file at a place, which is the last part of its key. It is enough to know a file by: it names the account,
 * the Region and the time, and ends with random characters or the second.
 */
export const fileNameOf = (place: string): string => place.slice(place.lastIndexOf('/') + 1);

/** A log file as a digest lists it. */
export interface ListedLogFile {
  /** `BUCKET/KEY` in S3. */
  readonly place: string;
  /** Of its uncompressed content, in hexadecimal. */
  readonly sha256: string;
}

/** What a digest says about the one before it. */
export interface PreviousDigest {
  readonly place: string;
  readonly sha256: string;
  /** In hexadecimal. */
  readonly signature: string;
}

/**
 * A digest file: the log files that CloudTrail delivered to a bucket in one hour, of one account, Region and trail.
 * Source: AWS CloudTrail user guide, "CloudTrail digest file structure".
 */
export interface Digest {
  /** `BUCKET/KEY` in S3, by which the next digest names it. */
  readonly place: string;
  readonly account: string;
  readonly region: string;
  /** The name of the trail and its home Region, as they stand in the key: `audit_eu-west-1`. */
  readonly trail: string;
  /** Whether it lists, later, log files that the digest of their hour left out. Such digests are a chain of their own. */
  readonly isBackfill: boolean;
  /** The time of delivery that it covers, in ISO 8601, UTC, with milliseconds. */
  readonly from: string;
  readonly until: string;
  /** The SHA-256 of its uncompressed content. */
  readonly sha256: string;
  /** The fingerprint of the public key. */
  readonly fingerprint: string;
  /** The text that CloudTrail signed. Source: AWS CloudTrail user guide, "Recreate the data signing string". */
  readonly signedText: string;
  /** Undefined in the first digest after logging or validation was switched on. */
  readonly previous: PreviousDigest | undefined;
  readonly logFiles: readonly ListedLogFile[];
}

/** `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME-REGION_TIME[_backfill].json.gz`, the last part of a key. */
const NAME = /(?:^|\/)(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_([^/]+)_\d{8}T\d{6}Z(_backfill)?\.json\.gz$/;

/**
 * Parses the uncompressed content of a digest file. Throws an `InvalidInputError` that says what is wrong with
 * it, as the end of a sentence.
 */
export const parseDigest = (bytes: Buffer): Digest => {
  const parsed = v.safeParse(DigestSchema, jsonIn(bytes));
  if (!parsed.success) throw new InvalidInputError(memberProblem(parsed.issues[0]));
  const digest = parsed.output;
  const place = placeOf(digest.digestS3Bucket, digest.digestS3Object);
  const [, account = '', region = '', trail = '', backfill] = NAME.exec(digest.digestS3Object) ?? [];
  if (account === '') throw new InvalidInputError('its digestS3Object is not the name of a digest file');
  if (account !== digest.awsAccountId)
    throw new InvalidInputError('its awsAccountId is not the account in its digestS3Object');
  const hash = createHash('sha256').update(bytes).digest('hex');
  return {
    place,
    account,
    region,
    trail,
    isBackfill: backfill !== undefined,
    from: instantOf(digest.digestStartTime) ?? '',
    until: instantOf(digest.digestEndTime) ?? '',
    sha256: hash,
    fingerprint: digest.digestPublicKeyFingerprint,
    // A digest without a predecessor is signed with the word null.
    signedText: [digest.digestEndTime, place, hash, digest.previousDigestSignature ?? 'null'].join('\n'),
    previous: previousIn(digest),
    logFiles: digest.logFiles.map(({ s3Bucket, s3Object, hashValue }) => ({
      place: placeOf(s3Bucket, s3Object),
      sha256: hashValue,
    })),
  };
};

const placeOf = (bucket: string, key: string): string => `${bucket}/${key}`;

const jsonIn = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    throw new InvalidInputError(`it is not JSON (${(error as Error).message})`, { cause: error });
  }
};

const previousIn = (digest: v.InferOutput<typeof DigestSchema>): PreviousDigest | undefined => {
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = digest;
  const { previousDigestHashValue: hash, previousDigestSignature: signature } = digest;
  const members = [bucket, key, hash, signature];
  if (members.every((member) => member == null)) return undefined;
  if (bucket == null || key == null || hash == null || signature == null)
    throw new InvalidInputError('it says only in part what its previous digest is');
  return { place: placeOf(bucket, key), sha256: hash, signature };
};
