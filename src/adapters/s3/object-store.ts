import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ObjectHeaders, type ObjectStore, refuseName } from '../../objects/object-store.ts';
import { backoff } from '../../shared/backoff.ts';
import { listObjects, type S3 } from './list-objects.ts';

const PRECONDITION_FAILED = 412;
/**
 * Another conditional write of the same key is in progress; S3 asks to retry (S3
 * User Guide, "Conditional writes").
 */
const CONFLICT = 409;
const TRIES = 5;

/**
 * An {@link ObjectStore} in an S3 bucket, below `prefix`. S3 has been strongly consistent since 2020. It
 * lists in the order of UTF-8 bytes, which for these names is the order of characters. It needs
 * `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` and `s3:ListBucket`; without the last, S3 denies access
 * to a missing object instead of reporting it as missing. `headersOf` says what readers over HTTP are told of an object.
 */
export const s3ObjectStore = (
  client: S3,
  bucket: string,
  {
    prefix = '',
    headersOf = () => undefined,
  }: {
    readonly prefix?: string;
    readonly headersOf?: (name: string) => ObjectHeaders | undefined;
  } = {},
): ObjectStore => {
  const keyOf = (name: string) => {
    refuseName(name);
    return `${prefix}${name}`;
  };

  const putOf = (name: string, bytes: Uint8Array) => {
    const headers = headersOf(name);
    return {
      Bucket: bucket,
      Key: keyOf(name),
      Body: bytes,
      ...(headers && { ContentType: headers.contentType, CacheControl: headers.cacheControl }),
    };
  };

  return {
    async get(name) {
      const Key = keyOf(name);
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async put(name, bytes) {
      await client.send(new PutObjectCommand(putOf(name, bytes)));
    },

    async create(name, bytes) {
      const put = { ...putOf(name, bytes), IfNoneMatch: '*' };
      for (let tries = 1; ; tries++) {
        try {
          await client.send(new PutObjectCommand(put));
          return true;
        } catch (error) {
          const status = error instanceof S3ServiceException && error.$metadata.httpStatusCode;
          if (status === PRECONDITION_FAILED) return false;
          if (status !== CONFLICT || tries === TRIES) throw error;
          await backoff(tries);
        }
      }
    },

    async *list(begin) {
      for await (const { Key } of listObjects(client, bucket, `${prefix}${begin}`))
        yield Key.slice(prefix.length);
    },

    async remove(name) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
    },
  };
};
