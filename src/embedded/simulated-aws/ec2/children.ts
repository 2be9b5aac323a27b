import { createHash } from 'node:crypto';
import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import { prefixOfType } from './kinds.ts';

/** A resource that the simulated EC2 makes along with another. */
interface Kin {
  readonly parent: string;
  readonly child: string;
  /** The operations that bring it; all that make the parent when absent. */
  readonly by?: readonly string[];
  /** Whether it goes with its parent. */
  readonly ends: boolean;
}

/**
 * What comes with what. An instance has one volume, its root, which is deleted on termination, and an image one
 * snapshot, which stays when the image is deregistered. An image that is registered has a snapshot that was there before.
 */
const KIN: readonly Kin[] = [
  { parent: 'instance', child: 'volume', ends: true },
  { parent: 'vpc', child: 'security-group', ends: true },
  { parent: 'vpc', child: 'network-acl', ends: true },
  { parent: 'vpc', child: 'route-table', ends: true },
  { parent: 'image', child: 'snapshot', by: ['CreateImage', 'CopyImage'], ends: false },
];

/** A resource that came with another one. */
export interface SimulatedChild {
  readonly identity: ResourceIdentity;
  readonly ends: boolean;
}

/**
 * The resources that come with one which the operation `by` makes. The same parent always has the same children,
 * so a cloud that was rebuilt from a ledger has them again. They bear no tags: which ones a launch asked for on its
 * volumes, a rebuilt cloud could not know.
 */
export const childrenOf = (parent: ResourceIdentity, by: string | undefined): readonly SimulatedChild[] =>
  KIN.filter(
    (kin) => kin.parent === parent.type && (!kin.by || (by !== undefined && kin.by.includes(by))),
  ).map(({ child, ends }) => ({ identity: { ...parent, type: child, id: childId(parent.id, child) }, ends }));

const childId = (parentId: string, type: string): string => {
  const digest = createHash('sha256').update(`${parentId}/${type}`).digest('hex');
  return `${prefixOfType(type)}-0${digest.slice(0, 16)}`;
};
