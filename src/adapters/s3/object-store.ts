import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ObjectStore, refuseName } from '../../objects/object-store.ts';
import { backoff } from '../../shared/backoff.ts';

/** The part of the S3 client that is used: tests stand in here. */
export type S3 = Pick<S3Client, 'send'>;

const PRECONDITION_FAILED = 412;
/** Another conditional write of the same key is under way: S3 asks to try again (S3 User Guide, "Conditional writes"). */
const CONFLICT = 409;
const TRIES = 5;

/**
 * An {@link ObjectStore} in a bucket of S3, below `prefix`. S3 reads what was written last since 2020, and lists in
 * the order of UTF-8 bytes, which is that of characters here. Needs `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`,
 * and `s3:ListBucket`, without which an object that is not there is a denied one.
 */
export const s3ObjectStore = (client: S3, bucket: string, prefix = ''): ObjectStore => {
  const keyOf = (name: string) => {
    refuseName(name);
    return `${prefix}${name}`;
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
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body: bytes }));
    },

    async create(name, bytes) {
      const put = { Bucket: bucket, Key: keyOf(name), Body: bytes, IfNoneMatch: '*' };
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
      let ContinuationToken: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${begin}`, ContinuationToken }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key.slice(prefix.length);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
    },

    async remove(name) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
    },
  };
};
