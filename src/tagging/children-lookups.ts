import {
  DescribeImagesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeVolumesCommand,
  type Tag as Ec2Tag,
  type Filter,
} from '@aws-sdk/client-ec2';
import { isUserKey } from '../cloudtrail/body-tags.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import type { Ec2 } from './call-ec2.ts';
import { NEW_FOR_MS } from './retry-policy.ts';

/** What a Describe call shows of a resource. */
export interface Shown {
  /** The id that was asked for: of the resource that it belongs to, or its own. */
  readonly of: string;
  readonly id: string;
  /** Its user tags, sorted by key. */
  readonly tags: readonly Tag[];
  /** When EC2 made it, in ms since the epoch; absent where the answer does not say. */
  readonly madeAt?: number;
}

/** One page of an answer. */
export interface Page {
  readonly shown: readonly Shown[];
  readonly next: string | undefined;
}

/** A Describe call by ids. */
export interface Look {
  /** The operation, as IAM names it after `ec2:`. */
  readonly action: string;
  /** The filter that takes the ids. */
  readonly by: string;
  /** Filters that are the same whatever the ids are. */
  readonly only: readonly Filter[];
  readonly page: (
    ec2: Ec2,
    asked: { readonly Filters: Filter[]; readonly MaxResults: number; readonly NextToken?: string },
  ) => Promise<Page>;
}

/** How the children of one type are found that parents of one type have. */
export interface Lookup {
  readonly parent: string;
  readonly child: string;
  /** The operations whose parents bring new children; all that make such a parent when absent. */
  readonly from?: readonly string[];
  readonly look: Look;
  /** A second look, at the children by their own ids, where the first shows nothing else of them. */
  readonly details?: Look;
  /** So long after its parent's birth a child may still not be shown; a parent that has none by then has none. */
  readonly shownWithinMs: number;
  /** What EC2 made later than this after the parent's birth was not made with it. No limit when absent. */
  readonly madeWithinMs?: number;
}

const SOON_MS = 60_000;

const volumes: Look = {
  action: 'DescribeVolumes',
  by: 'attachment.instance-id',
  only: [],
  page: async (ec2, asked) => {
    const { Volumes = [], NextToken: next } = await ec2.send(new DescribeVolumesCommand(asked));
    const shown = Volumes.flatMap(({ VolumeId, Tags, CreateTime, Attachments = [] }) =>
      Attachments.flatMap(({ InstanceId }) => seen(InstanceId, VolumeId, Tags, CreateTime)),
    );
    return { shown, next };
  },
};

const securityGroups: Look = {
  action: 'DescribeSecurityGroups',
  by: 'vpc-id',
  only: [{ Name: 'group-name', Values: ['default'] }],
  page: async (ec2, asked) => {
    const { SecurityGroups = [], NextToken: next } = await ec2.send(new DescribeSecurityGroupsCommand(asked));
    return { shown: SecurityGroups.flatMap(({ VpcId, GroupId, Tags }) => seen(VpcId, GroupId, Tags)), next };
  },
};

const networkAcls: Look = {
  action: 'DescribeNetworkAcls',
  by: 'vpc-id',
  only: [{ Name: 'default', Values: ['true'] }],
  page: async (ec2, asked) => {
    const { NetworkAcls = [], NextToken: next } = await ec2.send(new DescribeNetworkAclsCommand(asked));
    return {
      shown: NetworkAcls.flatMap(({ VpcId, NetworkAclId, Tags }) => seen(VpcId, NetworkAclId, Tags)),
      next,
    };
  },
};

const routeTables: Look = {
  action: 'DescribeRouteTables',
  by: 'vpc-id',
  only: [{ Name: 'association.main', Values: ['true'] }],
  page: async (ec2, asked) => {
    const { RouteTables = [], NextToken: next } = await ec2.send(new DescribeRouteTablesCommand(asked));
    return {
      shown: RouteTables.flatMap(({ VpcId, RouteTableId, Tags }) => seen(VpcId, RouteTableId, Tags)),
      next,
    };
  },
};

const images: Look = {
  action: 'DescribeImages',
  by: 'image-id',
  only: [],
  page: async (ec2, asked) => {
    const { Images = [], NextToken: next } = await ec2.send(new DescribeImagesCommand(asked));
    const shown = Images.flatMap(({ ImageId, BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.flatMap(({ Ebs }) => seen(ImageId, Ebs?.SnapshotId)),
    );
    return { shown, next };
  },
};

const snapshots: Look = {
  action: 'DescribeSnapshots',
  by: 'snapshot-id',
  only: [],
  page: async (ec2, asked) => {
    const { Snapshots = [], NextToken: next } = await ec2.send(new DescribeSnapshotsCommand(asked));
    const shown = Snapshots.flatMap(({ SnapshotId, Tags, StartTime }) =>
      seen(SnapshotId, SnapshotId, Tags, StartTime),
    );
    return { shown, next };
  },
};

const attachments: Look = {
  action: 'DescribeTransitGatewayAttachments',
  by: 'resource-id',
  only: [{ Name: 'resource-type', Values: ['vpn'] }],
  page: async (ec2, asked) => {
    const { TransitGatewayAttachments = [], NextToken: next } = await ec2.send(
      new DescribeTransitGatewayAttachmentsCommand(asked),
    );
    const shown = TransitGatewayAttachments.flatMap(
      ({ ResourceId, TransitGatewayAttachmentId, Tags, CreationTime }) =>
        seen(ResourceId, TransitGatewayAttachmentId, Tags, CreationTime),
    );
    return { shown, next };
  },
};

/**
 * The children that no CloudTrail response names: RunInstances answers with an empty block device mapping, CreateVpc and
 * CreateVpnConnection with nothing of what comes along, CreateImage with the image alone. Where a VPN connection
 * ends on a virtual private gateway there is no attachment. Snapshots are begun only after the instance was shut
 * down for the image, so an image may show none for minutes.
 */
export const LOOKUPS: readonly Lookup[] = [
  { parent: 'instance', child: 'volume', look: volumes, shownWithinMs: SOON_MS, madeWithinMs: NEW_FOR_MS },
  { parent: 'vpc', child: 'security-group', look: securityGroups, shownWithinMs: SOON_MS },
  { parent: 'vpc', child: 'network-acl', look: networkAcls, shownWithinMs: SOON_MS },
  { parent: 'vpc', child: 'route-table', look: routeTables, shownWithinMs: SOON_MS },
  {
    parent: 'image',
    child: 'snapshot',
    from: ['CreateImage', 'CopyImage'],
    look: images,
    details: snapshots,
    shownWithinMs: NEW_FOR_MS,
  },
  {
    parent: 'vpn-connection',
    child: 'transit-gateway-attachment',
    look: attachments,
    shownWithinMs: SOON_MS,
  },
];

/** Nothing where the answer lacks one of the ids. */
const seen = (
  of: string | undefined,
  id: string | undefined,
  tags: readonly Ec2Tag[] = [],
  madeAt?: Date | undefined,
): Shown[] =>
  of && id ? [{ of, id, tags: userTags(tags), ...(madeAt && { madeAt: madeAt.getTime() }) }] : [];

const userTags = (tags: readonly Ec2Tag[]): Tag[] =>
  sortedTags(
    tags.flatMap(({ Key = '', Value = '' }) => (isUserKey(Key) ? [{ key: Key, value: Value }] : [])),
  );
