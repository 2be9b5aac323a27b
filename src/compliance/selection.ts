import { parseArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import { creatorOf, NOBODY } from './creator.ts';

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
export const selects = (selection: Selection, resource: ResourceAt): boolean =>
  isOfPlace(selection, resource) && isOwned(selection, resource) && mayBearAll(selection, resource);

/** Nothing is taken apart for what is not asked: whole fleets pass here. */
const isOfPlace = ({ account, region, type }: Selection, { arn, gap }: ResourceAt): boolean => {
  if (isAny(account) && isAny(region) && isAny(type)) return true;
  const identity = parseArn(arn);
  return (
    fits(account, identity.account) &&
    fits(region, identity.region) &&
    (gap !== undefined || fits(type, identity.type))
  );
};

const isOwned = ({ owner: wanted }: Selection, resource: ResourceAt): boolean => {
  if (isAny(wanted)) return true;
  const owner = creatorOf(resource);
  return fits(wanted, owner?.name ?? NOBODY) || (owner?.arn != null && fits(wanted, owner.arn));
};

const mayBearAll = ({ tag = [] }: Selection, resource: ResourceAt): boolean =>
  resource.gap !== undefined || tag.every((one) => mayBear(resource, one));

const isAny = (wanted: readonly string[] | undefined): boolean => wanted === undefined || wanted.length === 0;

const fits = (wanted: readonly string[] | undefined, value: string): boolean =>
  isAny(wanted) || wanted?.includes(value) === true;

const mayBear = ({ born, tags }: ResourceAt, { key, value }: Tag): boolean => {
  const there = tags.find((tag) => tag.key === key);
  return there ? there.value === value : !born;
};
