import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
  type _Object as S3Object,
} from '@aws-sdk/client-s3';

/** The part of the S3 client that is used, so that tests can replace it. */
export type S3 = Pick<S3Client, 'send'>;

/** An object of a list, with its key. */
export type KeyedObject = S3Object & { readonly Key: string };

/** The objects of a bucket whose key begins with `prefix`, in the order of S3; about `limit` of them if it is given. */
export async function* listObjects(
  client: S3,
  bucket: string,
  prefix: string,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<KeyedObject> {
  let ContinuationToken: string | undefined;
  let left = limit;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken,
        ...(left < Number.POSITIVE_INFINITY && { MaxKeys: left }),
      }),
    );
    for (const { Key, ...object } of page.Contents ?? []) {
      if (Key === undefined) continue;
      left -= 1;
      yield { ...object, Key };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken && left > 0);
}
