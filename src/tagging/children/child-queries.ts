import {
  DescribeImagesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeVolumesCommand,
  type Tag as Ec2Tag,
} from '@aws-sdk/client-ec2';
import { isUserKey } from '../../cloudtrail/body/body-tags.ts';
import { sortedTags, type Tag } from '../../events/tag.ts';
import type { DescribeQuery, Shown } from '../ec2/describe-query.ts';

/** The volumes that are attached to instances. */
export const volumes: DescribeQuery = {
  action: 'DescribeVolumes',
  by: 'attachment.instance-id',
  only: [],
  page: async (ec2, asked) => {
    const { Volumes = [], NextToken: next } = await ec2.send(new DescribeVolumesCommand(asked));
    const shown = Volumes.flatMap(({ VolumeId, Tags, CreateTime, Attachments = [] }) =>
      Attachments.flatMap(({ InstanceId, DeleteOnTermination: isDeletedWith }) =>
        seen(InstanceId, VolumeId, Tags, CreateTime).map((one) => ({
          ...one,
          ...(isDeletedWith !== undefined && { isDeletedWith }),
        })),
      ),
    );
    return { shown, next };
  },
};

/** The default security groups of VPCs. */
export const securityGroups: DescribeQuery = {
  action: 'DescribeSecurityGroups',
  by: 'vpc-id',
  only: [{ Name: 'group-name', Values: ['default'] }],
  page: async (ec2, asked) => {
    const { SecurityGroups = [], NextToken: next } = await ec2.send(new DescribeSecurityGroupsCommand(asked));
    return { shown: SecurityGroups.flatMap(({ VpcId, GroupId, Tags }) => seen(VpcId, GroupId, Tags)), next };
  },
};

/** The default network ACLs of VPCs. */
export const networkAcls: DescribeQuery = {
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

/** The main route tables of VPCs. */
export const routeTables: DescribeQuery = {
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

/** The snapshots that images name, with their ids only. */
export const images: DescribeQuery = {
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

/** Images by their own ids. */
export const imagesThemselves: DescribeQuery = {
  action: 'DescribeImages',
  by: 'image-id',
  only: [],
  page: async (ec2, asked) => {
    const { Images = [], NextToken: next } = await ec2.send(new DescribeImagesCommand(asked));
    return { shown: Images.flatMap(({ ImageId, Tags }) => seen(ImageId, ImageId, Tags)), next };
  },
};

/** Snapshots by their own ids. */
export const snapshots: DescribeQuery = {
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

/** The transit gateway attachments of VPN connections. */
export const attachments: DescribeQuery = {
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

/** Empty if the response lacks one of the ids. */
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
