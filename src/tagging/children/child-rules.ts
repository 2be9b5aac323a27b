import type { DescribeQuery } from '../ec2/describe-query.ts';
import {
  attachments,
  images,
  networkAcls,
  routeTables,
  securityGroups,
  snapshots,
  volumes,
} from './child-queries.ts';

/** How to find the children of one type that parents of one type have. */
export interface ChildRule {
  readonly parent: string;
  readonly child: string;
  /** The operations whose parents have new children; by default, all that create such a parent. */
  readonly from?: readonly string[];
  readonly look: DescribeQuery;
  /** A second query, for the children by their own ids, if the first one shows only the ids. */
  readonly details?: DescribeQuery;
  /** How long EC2 may not show a child after its parent's creation. A parent without one by then has none. */
  readonly shownWithinMs: number;
  /** What EC2 created later than this after the parent is not its child. No limit if absent. */
  readonly madeWithinMs?: number;
  /** Whether a child ends with its parent: always, or if EC2 shows so. Absent if it stays, or nothing is known of it. */
  readonly ends?: 'always' | 'if-shown';
}

const SOON_MS = 60_000;
const MINUTES_MS = 5 * 60_000;

/**
 * The children that no CloudTrail response names. RunInstances returns an empty block device mapping,
 * CreateVpc and CreateVpnConnection return nothing of what is created along with the resource, and
 * CreateImage returns only the image. A VPN connection that ends on a virtual private gateway has no
 * attachment. EC2 begins snapshots only after it has shut down the instance for the image, so an image may
 * show none for minutes.
 *
 * DeleteVpc deletes the default security group, network ACL and route table (EC2 API reference, DeleteVpc). Whether a volume
 * ends with its instance, its attachment says.
 */
export const CHILD_RULES: readonly ChildRule[] = [
  {
    parent: 'instance',
    child: 'volume',
    look: volumes,
    shownWithinMs: SOON_MS,
    madeWithinMs: MINUTES_MS,
    ends: 'if-shown',
  },
  {
    parent: 'vpc',
    child: 'security-group',
    look: securityGroups,
    shownWithinMs: SOON_MS,
    ends: 'always',
  },
  { parent: 'vpc', child: 'network-acl', look: networkAcls, shownWithinMs: SOON_MS, ends: 'always' },
  { parent: 'vpc', child: 'route-table', look: routeTables, shownWithinMs: SOON_MS, ends: 'always' },
  {
    parent: 'image',
    child: 'snapshot',
    from: ['CreateImage', 'CopyImage'],
    look: images,
    details: snapshots,
    shownWithinMs: MINUTES_MS,
  },
  {
    parent: 'vpn-connection',
    child: 'transit-gateway-attachment',
    look: attachments,
    shownWithinMs: SOON_MS,
  },
];
