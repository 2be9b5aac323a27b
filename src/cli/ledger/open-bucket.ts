import { S3Client } from '@aws-sdk/client-s3';
import { s3ObjectStore } from '../../adapters/s3/object-store.ts';
import type { ObjectStore } from '../../objects/object-store.ts';

/** The objects of a bucket under a prefix, with the SDK's default Region, credentials and endpoint. */
export const bucketObjects = (bucket: string, prefix: string): ObjectStore =>
  s3ObjectStore(new S3Client(), bucket, { prefix });
