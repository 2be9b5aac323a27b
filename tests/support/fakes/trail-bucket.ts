import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** An object of a fake bucket. */
export interface FakeObject {
  readonly bytes: Buffer | string;
  readonly etag?: string;
  readonly storageClass?: 'GLACIER';
  /** So many reads break off after half of what is left. */
  breaks?: number;
}

/** An error of S3 with this name. */
export const s3Error = (name: string, message = name): S3ServiceException =>
  new S3ServiceException({ name, message, $fault: 'client', $metadata: {} });

/**
 * Replaces every S3 client by one that reads the bucket `trail-bucket` from memory, until `restore`. A page of a list has
 * two keys. `requests` are the names of the calls with prefix or key.
 */
export const fakeTrailBucket = (objects: Map<string, FakeObject>) => {
  const mock = mockClient(S3Client);
  const requests: string[] = [];
  const check = (Bucket: string) => {
    if (Bucket !== 'trail-bucket') throw s3Error('NoSuchBucket');
  };
  mock.on(ListObjectsV2Command).callsFake(async ({ Bucket, Prefix, ContinuationToken, MaxKeys = 2 }) => {
    check(Bucket);
    requests.push(`list ${Prefix}`);
    const after = ContinuationToken ?? '';
    const left = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > after).sort();
    const page = left.slice(0, Math.min(2, MaxKeys));
    return {
      Contents: page.map((Key) => {
        const { bytes, etag = `"${Key}"`, storageClass: StorageClass } = objects.get(Key) as FakeObject;
        return { Key, Size: Buffer.byteLength(bytes), ETag: etag, StorageClass };
      }),
      ...(page.length < left.length && { NextContinuationToken: page.at(-1) }),
    };
  });
  mock.on(GetObjectCommand).callsFake(async ({ Bucket, Key, IfMatch, Range = 'bytes=0-' }) => {
    check(Bucket);
    requests.push(`get ${Key}`);
    const object = objects.get(Key);
    if (!object) throw s3Error('NoSuchKey');
    const { bytes, etag = `"${Key}"`, breaks = 0 } = object;
    if (IfMatch !== etag) throw s3Error('PreconditionFailed');
    const wanted = Buffer.from(bytes).subarray(Number(/^bytes=(\d+)-$/.exec(Range)?.[1]));
    if (breaks === 0) return { Body: Readable.from([wanted]) };
    object.breaks = breaks - 1;
    return {
      Body: Readable.from(
        (async function* () {
          yield wanted.subarray(0, wanted.length / 2);
          throw new Error('socket hang up');
        })(),
      ),
    };
  });
  return { mock, requests, restore: () => mock.restore() };
};
