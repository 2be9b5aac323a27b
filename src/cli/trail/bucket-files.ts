import { S3Client } from '@aws-sdk/client-s3';
import { type BucketReader, bucketReader, type ListedObject } from '../../adapters/s3/bucket-reader.ts';
import { counted } from '../../alerts/notices/alert-text.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { sentence } from '../../shared/text.ts';
import { WrongUsageError } from '../errors.ts';
import { type Glob, parseGlob } from './glob.ts';
import { nothingSorted, onlyOthersText, sortIn, withNote } from './left-out.ts';
import type { FoundFiles, TrailFile } from './trail-file.ts';

/**
 * The log files under `s3://BUCKET/PREFIX`, where the prefix is that of a folder, a pattern or the key of one object.
 * Region, credentials and endpoint are those of the SDK. Rejects with an `InvalidInputError` that says what is wrong
 * and what to do if the bucket cannot be read, nothing is there, or an object must first be restored from an archive.
 */
export const bucketFiles = async (arg: string, readsDigests: boolean): Promise<FoundFiles> => {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(arg) ?? [];
  if (bucket === '')
    throw new WrongUsageError(
      `${JSON.stringify(arg)} names no bucket. Write s3://BUCKET or s3://BUCKET/PREFIX.`,
    );
  const reader = bucketReader(new S3Client({ followRegionRedirects: true }), bucket);
  const found = nothingSorted<TrailFile>();
  const archived: ListedObject[] = [];
  try {
    for await (const { object, isNamed } of objectsFor(reader, prefix)) {
      const fileIn = () => {
        if (object.archivedIn !== undefined) archived.push(object);
        return fileOf(reader, bucket, object);
      };
      if (isNamed) found.files.push(fileIn());
      else sortIn(found, object.key, { log: fileIn, digest: () => fileOf(reader, bucket, object) });
    }
  } catch (error) {
    throw new InvalidInputError(problemOf(arg, bucket, error), { cause: error });
  }
  refuseArchived(arg, archived);
  if (found.files.length === 0)
    throw new InvalidInputError(
      `No CloudTrail log file is under ${arg}. Check the prefix: it is that of a folder, such as AWSLogs/111122223333/CloudTrail.${onlyOthersText(found)}`,
    );
  return withNote(arg, found, readsDigests);
};

/** An object, and whether the prefix is its whole key. */
interface Listed {
  readonly object: ListedObject;
  readonly isNamed?: boolean;
}

/** What is below a folder; if nothing is, the object with this key, or else what the prefix stands for as a pattern. */
async function* objectsFor(reader: BucketReader, prefix: string): AsyncGenerator<Listed> {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  let isEmpty = true;
  for await (const object of reader.list(folder)) {
    isEmpty = false;
    // The console makes an empty object for a folder.
    if (!object.key.endsWith('/')) yield { object };
  }
  if (!isEmpty || folder === prefix) return;
  // Of all keys that begin with a key, it is the first itself.
  for await (const object of reader.list(prefix, 1))
    if (object.key === prefix) return yield { object, isNamed: true };
  yield* objectsMatching(reader, prefix);
}

async function* objectsMatching(reader: BucketReader, pattern: string): AsyncGenerator<Listed> {
  const glob = parseGlob(pattern);
  if (!glob) return;
  const base = glob.base === '' ? '' : `${glob.base}/`;
  for await (const object of reader.list(base))
    if (matches(glob, object.key.slice(base.length))) yield { object };
}

/** Whether a path matches a pattern, or is in a folder that does. */
const matches = ({ start }: Glob, path: string): boolean => {
  let match = start;
  for (const part of path.split('/')) {
    match = match.step(part);
    if (match.isMet) return true;
  }
  return false;
};

const fileOf = (reader: BucketReader, bucket: string, object: ListedObject): TrailFile => {
  const name = `s3://${bucket}/${object.key}`;
  return {
    name,
    size: object.size,
    identity: identityOf(name, object),
    async *read() {
      try {
        yield* reader.read(object);
      } catch (error) {
        throw new InvalidInputError(problemOf(name, bucket, error), { cause: error });
      }
    },
  };
};

/**
 * What changes whenever an object is written again. Its ETag is no hash of the content where a key of KMS encrypts it, and
 * MD5 elsewhere, so it stands for the content only together with the key, the size and the time of writing.
 */
const identityOf = (name: string, { size, etag, modified }: ListedObject): string =>
  JSON.stringify([name, size, etag, modified?.toISOString() ?? '']);

const refuseArchived = (arg: string, archived: readonly ListedObject[]): void => {
  const [first] = archived;
  if (!first) return;
  throw new InvalidInputError(
    `${counted(archived.length, 'object')} under ${arg} must be restored from an archive first, such as ${first.key} (${first.archivedIn}). Restore them, or name a prefix without them.`,
  );
};

/** What is wrong with a bucket or an object and what to do, by the name of the error. */
const problemOf = (what: string, bucket: string, error: unknown): string => {
  const { name, message } = error as Error;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(`${name}: ${message}`))?.[1];
  return remedy?.(what, bucket) ?? `${what} cannot be read: ${name}: ${sentence(message)}`;
};

const REMEDIES: readonly (readonly [RegExp, (what: string, bucket: string) => string])[] = [
  [
    /^NoSuchBucket/,
    (_, bucket) => `There is no bucket ${bucket}. Check its name, and --profile if it is in another account.`,
  ],
  [
    /^InvalidBucketName/,
    (_, bucket) => `${JSON.stringify(bucket)} cannot be the name of a bucket. Write s3://BUCKET/PREFIX.`,
  ],
  [
    /^(?:AccessDenied|Forbidden|AllAccessDisabled|KMS\.)/,
    (what) =>
      `The credentials may not read ${what}. Use a role that may s3:ListBucket and s3:GetObject there, and kms:Decrypt if a key of KMS encrypts the trail, or name another profile with --profile.`,
  ],
  [
    /^(?:CredentialsProviderError|TokenProviderError|ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken)/,
    (what) => `There are no valid credentials to read ${what}. Log in, or name a profile with --profile.`,
  ],
  [
    /Region is missing|^PermanentRedirect/,
    (what) =>
      `The Region of ${what} is not known. Pass --aws-region, or name a profile that has one with --profile.`,
  ],
  [
    /^PreconditionFailed/,
    (what) => `${what} was written again while it was read. Run the same command again.`,
  ],
  [/^NoSuchKey/, (what) => `${what} was deleted after it was listed. Run the same command again.`],
  [/^InvalidObjectState/, (what) => `${what} is in an archive. Restore it, or name a prefix without it.`],
];
