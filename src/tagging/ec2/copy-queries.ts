import { imagesThemselves, snapshots } from '../children/child-queries.ts';
import type { DescribeQuery } from './describe-query.ts';

/**
 * How to see the tags of a resource to which tags may have been copied, by its type (see `copiedTagsOf`). A Describe
 * call for the type, unlike DescribeTags, tells a resource without tags from one that EC2 does not show yet.
 */
export const COPY_QUERIES: ReadonlyMap<string, DescribeQuery> = new Map([
  ['image', imagesThemselves],
  ['snapshot', snapshots],
]);
