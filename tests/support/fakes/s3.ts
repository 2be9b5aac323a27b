import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** An error of S3 with this status. */
const s3Error = (name: string, httpStatusCode: number): S3ServiceException =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } });

/**
 * A client of a bucket in memory. It honours only what a request asks for: without `IfNoneMatch` a put replaces.
 * `headers` are the content type and the cache control of each object. `conflicts` conditional puts fail with 409 first, and a page of a list has two keys.
 */
export const fakeS3 = ({ conflicts = 0 } = {}) => {
  const client = new S3Client({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const bucket = new Map<string, Uint8Array>();
  const headers = new Map<string, readonly (string | undefined)[]>();
  let left = conflicts;

  mock.on(GetObjectCommand).callsFake(async ({ Key }) => {
    const bytes = bucket.get(Key);
    if (!bytes) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
    return { Body: { transformToByteArray: async () => bytes.slice() } };
  });
  mock.on(PutObjectCommand).callsFake(async ({ Key, Body, IfNoneMatch, ContentType, CacheControl }) => {
    if (IfNoneMatch === '*') {
      if (left-- > 0) throw s3Error('ConditionalRequestConflict', 409);
      if (bucket.has(Key)) throw s3Error('PreconditionFailed', 412);
    }
    bucket.set(Key, Uint8Array.from(Body));
    headers.set(Key, [ContentType, CacheControl]);
    return {};
  });
  mock.on(ListObjectsV2Command).callsFake(async ({ Prefix, ContinuationToken }) => {
    const keys = [...bucket.keys()].filter((key) => key.startsWith(Prefix)).sort();
    const from = ContinuationToken ? keys.findIndex((key) => key > ContinuationToken) : 0;
    const page = from < 0 ? [] : keys.slice(from, from + 2);
    const more = from >= 0 && from + 2 < keys.length;
    return { Contents: page.map((Key) => ({ Key })), ...(more && { NextContinuationToken: page.at(-1) }) };
  });
  mock.on(DeleteObjectCommand).callsFake(async ({ Key }) => {
    bucket.delete(Key);
    return {};
  });
  return { client, bucket, headers };
};
