import { isWhole } from '../events/resource.ts';
import { parseArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import { creatorOf, NOBODY } from './creator.ts';

/**
 * The part of a fleet that a question is about. A resource must match every member, and one value of each.
 */
export interface Selection {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly type?: readonly string[];
  /** Names or ARNs of creators; `unknown` selects resources whose creator is not known. */
  readonly creator?: readonly string[];
  /** Unlike the other members, all of these tags must match. */
  readonly tag?: readonly Tag[];
}

/**
 * Whether a resource belongs to a selection, or possibly does. What stands for the unknown resources of a
 * call matches every type and tag. A resource whose creation was never seen, and that no baseline showed, or to which
 * tags were copied, may have a tag that the ledger does not know. All are unknown, and an answer without them would look
 * better than it is.
 */
export const selects = (selection: Selection, resource: ResourceAt): boolean =>
  isOfPlace(selection, resource) && isCreatedBy(selection, resource) && mayHaveAll(selection, resource);

/** Parses the ARN only when the selection needs it, because whole fleets pass through here. */
const isOfPlace = ({ account, region, type }: Selection, { arn, gap }: ResourceAt): boolean => {
  if (isAny(account) && isAny(region) && isAny(type)) return true;
  const identity = parseArn(arn);
  return (
    fits(account, identity.account) &&
    fits(region, identity.region) &&
    (gap !== undefined || fits(type, identity.type))
  );
};

const isCreatedBy = ({ creator: wanted }: Selection, resource: ResourceAt): boolean => {
  if (isAny(wanted)) return true;
  const creator = creatorOf(resource);
  return fits(wanted, creator?.name ?? NOBODY) || (creator?.arn != null && fits(wanted, creator.arn));
};

const mayHaveAll = ({ tag = [] }: Selection, resource: ResourceAt): boolean =>
  resource.gap !== undefined || tag.every((one) => mayHave(resource, one));

const isAny = (wanted: readonly string[] | undefined): boolean => wanted === undefined || wanted.length === 0;

const fits = (wanted: readonly string[] | undefined, value: string): boolean =>
  isAny(wanted) || wanted?.includes(value) === true;

const mayHave = (resource: ResourceAt, { key, value }: Tag): boolean => {
  const { tags, unseen } = resource;
  const there = tags.find((tag) => tag.key === key);
  if (there) return there.value === value;
  return !isWhole(resource) || (unseen !== undefined && !unseen.lacks.includes(key));
};
