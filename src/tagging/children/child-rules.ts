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

/** How the children of one type are found that parents of one type have. */
export interface ChildRule {
  readonly parent: string;
  readonly child: string;
  /** The operations whose parents bring new children; all that make such a parent when absent. */
  readonly from?: readonly string[];
  readonly look: DescribeQuery;
  /** A second look, at the children by their own ids, where the first shows nothing else of them. */
  readonly details?: DescribeQuery;
  /** So long after its parent's birth a child may still not be shown; a parent that has none by then has none. */
  readonly shownWithinMs: number;
  /** What EC2 made later than this after the parent's birth was not made with it. No limit when absent. */
  readonly madeWithinMs?: number;
}

const SOON_MS = 60_000;
const MINUTES_MS = 5 * 60_000;

/**
 * The children that no CloudTrail response names: RunInstances answers with an empty block device mapping, CreateVpc and
 * CreateVpnConnection with nothing of what comes along, CreateImage with the image alone. Where a VPN connection
 * ends on a virtual private gateway there is no attachment. Snapshots are begun only after the instance was shut
 * down for the image, so an image may show none for minutes.
 */
export const CHILD_RULES: readonly ChildRule[] = [
  {
    parent: 'instance',
    child: 'volume',
    look: volumes,
    shownWithinMs: SOON_MS,
    madeWithinMs: MINUTES_MS,
  },
  { parent: 'vpc', child: 'security-group', look: securityGroups, shownWithinMs: SOON_MS },
  { parent: 'vpc', child: 'network-acl', look: networkAcls, shownWithinMs: SOON_MS },
  { parent: 'vpc', child: 'route-table', look: routeTables, shownWithinMs: SOON_MS },
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
