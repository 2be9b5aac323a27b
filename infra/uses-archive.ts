import { CATALOGUE_MEMO } from '../src/archive/newest-catalogue.ts';
import { on, type Use } from './need.ts';
import { onMemo } from './uses-tables.ts';

/**
 * Operations on the objects of the archive. Without listing an object that is not there would be a denied
 * one.
 */
const onArchive =
  (...operations: readonly ('GetObject' | 'PutObject' | 'DeleteObject')[]): Use =>
  ({ buckets: { archive } }) => ({
    env: { ARCHIVE_BUCKET: archive.bucketName },
    grants: [on('s3', operations, archive.arnForObjects('*'))],
  });

const lists: Use = ({ buckets: { archive } }) => ({
  env: { ARCHIVE_BUCKET: archive.bucketName },
  grants: [on('s3', ['ListBucket'], archive.bucketArn)],
});

/** Handing events over to the archive's inbox. */
export const feedsArchive: readonly Use[] = [onArchive('PutObject')];

/** Answering from the archive. The state table says which catalogue counts. */
export const asksArchive: readonly Use[] = [
  onArchive('GetObject'),
  lists,
  onMemo(CATALOGUE_MEMO, 'BatchGetItem'),
];

/** Making segments and snapshots, saying which catalogue counts, and removing what they replace. */
export const keepsArchive: readonly Use[] = [
  onArchive('GetObject', 'PutObject', 'DeleteObject'),
  lists,
  onMemo(CATALOGUE_MEMO, 'PutItem', 'BatchGetItem'),
];
