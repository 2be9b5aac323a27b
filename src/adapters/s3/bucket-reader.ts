import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { backoff } from '../../shared/backoff.ts';
import { listObjects, type S3 } from './list-objects.ts';

/** An object of a bucket, as a list names it. */
export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Changes whenever the content is written again (S3 API reference, Object). */
  readonly etag: string;
  /** When it was written; absent if a store that is not S3 does not say it. */
  readonly modified?: Date;
  /** The class of an object that must be restored before it can be read. */
  readonly archivedIn?: string;
}

/** Reads a bucket. */
export interface BucketReader {
  /**
   * The objects whose key begins with `prefix`, in the order of their keys' UTF-8 bytes; at most `limit` of them if it is given.
   * Needs `s3:ListBucket`.
   */
  list(prefix: string, limit?: number): AsyncIterable<ListedObject>;
  /**
   * The bytes of an object, in chunks. A connection that breaks is opened again where it broke, a few times. Rejects if the
   * object was written again meanwhile. Needs `s3:GetObject`, and `kms:Decrypt` for an object that a key of KMS encrypts.
   */
  read(object: Pick<ListedObject, 'key' | 'etag'>): AsyncIterable<Buffer>;
}

/** The storage classes whose objects must be restored first (S3 User Guide, "Storage classes for archiving objects"). */
const ARCHIVES: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE'];
const TRIES = 4;

/** A {@link BucketReader} of a bucket. */
export const bucketReader = (client: S3, bucket: string): BucketReader => ({
  async *list(prefix, limit) {
    for await (const one of listObjects(client, bucket, prefix, limit)) {
      const { Key, Size = 0, ETag = '', LastModified, StorageClass = '' } = one;
      yield {
        key: Key,
        size: Size,
        etag: ETag,
        ...(LastModified && { modified: LastModified }),
        ...(ARCHIVES.includes(StorageClass) && { archivedIn: StorageClass }),
      };
    }
  },

  async *read({ key, etag }) {
    let done = 0;
    for (let tries = 1; ; tries++) {
      const { Body } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          IfMatch: etag,
          ...(done > 0 && { Range: `bytes=${done}-` }),
        }),
      );
      try {
        // In Node, a body is a stream of Node.
        for await (const chunk of (Body ?? []) as Readable) {
          done += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (tries === TRIES) throw error;
        await backoff(tries);
      }
    }
  },
});
