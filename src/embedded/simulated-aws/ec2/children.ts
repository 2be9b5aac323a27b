import { createHash } from 'node:crypto';
import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import { prefixOfType } from './kinds.ts';

/** A type of resource that the simulated EC2 creates along with another. */
interface Kin {
  readonly parent: string;
  readonly child: string;
  /** The operations that create the child; all that create the parent by default. */
  readonly by?: readonly string[];
  /** Whether it is deleted with its parent. */
  readonly ends: boolean;
}

/**
 * Which children come with which parents. An instance has one volume, its root, which is deleted on
 * termination. An image has one snapshot, which stays when the image is deregistered; a registered image uses
 * a snapshot that already existed.
 */
const KIN: readonly Kin[] = [
  { parent: 'instance', child: 'volume', ends: true },
  { parent: 'vpc', child: 'security-group', ends: true },
  { parent: 'vpc', child: 'network-acl', ends: true },
  { parent: 'vpc', child: 'route-table', ends: true },
  { parent: 'image', child: 'snapshot', by: ['CreateImage', 'CopyImage'], ends: false },
];

/** A resource that was created along with another one. */
export interface SimulatedChild {
  readonly identity: ResourceIdentity;
  readonly ends: boolean;
}

/**
 * Returns the children of a resource that the operation `by` creates. The same parent always has the same
 * children, so a cloud rebuilt from a ledger has them again. They have no tags, because a rebuilt cloud
 * cannot know which tags a launch requested for its volumes.
 */
export const childrenOf = (parent: ResourceIdentity, by: string | undefined): readonly SimulatedChild[] =>
  KIN.filter(
    (kin) => kin.parent === parent.type && (!kin.by || (by !== undefined && kin.by.includes(by))),
  ).map(({ child, ends }) => ({ identity: { ...parent, type: child, id: childId(parent.id, child) }, ends }));

const childId = (parentId: string, type: string): string => {
  const digest = createHash('sha256').update(`${parentId}/${type}`).digest('hex');
  return `${prefixOfType(type)}-0${digest.slice(0, 16)}`;
};
