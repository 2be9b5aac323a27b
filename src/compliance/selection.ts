import { parseArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import { NOBODY, ownerOf } from './owner.ts';

/** The part of a fleet that a question is about. Within a member one of its values must fit; every member must. */
export interface Selection {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly type?: readonly string[];
  /** Names or ARNs of owners; `unknown` for resources whose owner nobody knows. */
  readonly owner?: readonly string[];
  /** Unlike the others, all of these must be there. */
  readonly tag?: readonly Tag[];
}

/**
 * Whether a resource belongs to a selection, or may: what stands for the unknown resources of a call fits every type
 * and every tag, and a resource whose birth was never seen may bear a tag that the ledger does not know of. Both are
 * unknown, and an answer that left them out would look better than it is.
 */
export const selects = (selection: Selection, resource: ResourceAt): boolean => {
  const { account, region, type } = parseArn(resource.arn);
  const owner = ownerOf(resource);
  const isGap = resource.gap !== undefined;
  return (
    fits(selection.account, account) &&
    fits(selection.region, region) &&
    (isGap || fits(selection.type, type)) &&
    (fits(selection.owner, owner?.name ?? NOBODY) ||
      (owner?.arn != null && fits(selection.owner, owner.arn))) &&
    (isGap || (selection.tag ?? []).every((tag) => mayBear(resource, tag)))
  );
};

const fits = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || wanted.length === 0 || wanted.includes(value);

const mayBear = ({ born, tags }: ResourceAt, { key, value }: Tag): boolean => {
  const there = tags.find((tag) => tag.key === key);
  return there ? there.value === value : !born;
};
