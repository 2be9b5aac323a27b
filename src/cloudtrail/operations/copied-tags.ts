// biome-ignore-all format: one line per row

/** An operation that copies the tags of a source to what it creates, and whose record does not show them. */
export interface CopiesTags {
  readonly operation: string;
  /** The type of the copy. */
  readonly type: string;
  /** Applies only if the request has this value at this path. */
  readonly onlyIf?: { readonly path: string; readonly is: string };
  /** Where the request names the source, if it does: the paths of its id and of its Region. */
  readonly source?: { readonly id: string; readonly region: string };
  readonly because: string;
}

/**
 * CopySnapshot is not among them: user-defined tags are not copied (Amazon EBS user guide, "Copy an Amazon EBS snapshot"), nor are
 * those of the snapshots behind a copied image. The instances of a launch have the tags of its template in their answer.
 */
const COPIED_TAGS: readonly CopiesTags[] = [
  { operation: 'CopyImage', type: 'image', onlyIf: { path: 'copyImageTags', is: 'true' }, source: { id: 'sourceImageId', region: 'sourceRegion' }, because: 'the user tags of the source, unless another account set them (EC2 API reference, CopyImage)' },
  { operation: 'CreateRestoreImageTask', type: 'image', because: 'the tags that the image had when it was stored (EC2 user guide, "How AMI store and restore works")' },
  { operation: 'CreateSnapshots', type: 'snapshot', onlyIf: { path: 'copyTagsFromSource', is: 'volume' }, because: 'the tags of each volume (EC2 API reference, CreateSnapshots)' },
];

const BY_OPERATION: ReadonlyMap<string, CopiesTags> = new Map(COPIED_TAGS.map((row) => [row.operation, row]));

/** The row of an operation, by CloudTrail's `eventName`; undefined if it never copies tags. */
export const copiedTagsOf = (eventName: string): CopiesTags | undefined => BY_OPERATION.get(eventName);
