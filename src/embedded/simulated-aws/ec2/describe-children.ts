import {
  DescribeImagesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { type Describable, type DescribeInput, questionOf } from './describe.ts';
import { isRefusal, type Refusal } from './error.ts';
import type { ResourceShelf, SimulatedResource } from './resources.ts';

/** The Describe calls that find children. */
export type DescribeChildrenCommand =
  | DescribeVolumesCommand
  | DescribeSecurityGroupsCommand
  | DescribeNetworkAclsCommand
  | DescribeRouteTablesCommand
  | DescribeImagesCommand
  | DescribeSnapshotsCommand
  | DescribeTransitGatewayAttachmentsCommand;

/** A resource with its parent and its parts. */
interface Item extends SimulatedResource {
  readonly to: string;
  readonly cameWithIt: boolean;
  readonly parts: () => readonly string[];
}

/** How one Describe call filters and shows resources. */
interface Description {
  readonly type: string;
  /** The member of the answer that holds the list. */
  readonly list: string;
  readonly filters: Readonly<Record<string, (item: Item) => string>>;
  readonly show: (item: Item) => object;
}

const timeOf = ({ madeAt }: Item): Date | undefined => (madeAt === undefined ? undefined : new Date(madeAt));
const id = ({ identity }: SimulatedResource): string => identity.id;
const to = (item: Item): string => item.to;
const groupName = (item: Item): string => (item.cameWithIt ? 'default' : id(item));

const DESCRIPTIONS: readonly (readonly [command: abstract new (input: never) => object, Description])[] = [
  [
    DescribeVolumesCommand,
    {
      type: 'volume',
      list: 'Volumes',
      filters: { 'attachment.instance-id': to, 'volume-id': id },
      show: (volume) => ({
        VolumeId: id(volume),
        CreateTime: timeOf(volume),
        Attachments: volume.to
          ? [
              {
                InstanceId: volume.to,
                VolumeId: id(volume),
                State: 'attached',
                DeleteOnTermination: volume.cameWithIt,
              },
            ]
          : [],
      }),
    },
  ],
  [
    DescribeSecurityGroupsCommand,
    {
      type: 'security-group',
      list: 'SecurityGroups',
      filters: { 'vpc-id': to, 'group-name': groupName },
      show: (group) => ({ GroupId: id(group), GroupName: groupName(group), VpcId: group.to }),
    },
  ],
  [
    DescribeNetworkAclsCommand,
    {
      type: 'network-acl',
      list: 'NetworkAcls',
      filters: { 'vpc-id': to, default: ({ cameWithIt }) => String(cameWithIt) },
      show: (acl) => ({ NetworkAclId: id(acl), IsDefault: acl.cameWithIt, VpcId: acl.to }),
    },
  ],
  [
    DescribeRouteTablesCommand,
    {
      type: 'route-table',
      list: 'RouteTables',
      filters: { 'vpc-id': to, 'association.main': ({ cameWithIt }) => String(cameWithIt) },
      show: (table) => ({
        RouteTableId: id(table),
        VpcId: table.to,
        Associations: [{ Main: table.cameWithIt, RouteTableId: id(table) }],
      }),
    },
  ],
  [
    DescribeImagesCommand,
    {
      type: 'image',
      list: 'Images',
      filters: { 'image-id': id },
      show: (image) => ({
        ImageId: id(image),
        BlockDeviceMappings: image.parts().map((SnapshotId) => ({ Ebs: { SnapshotId } })),
      }),
    },
  ],
  [
    DescribeSnapshotsCommand,
    {
      type: 'snapshot',
      list: 'Snapshots',
      filters: { 'snapshot-id': id },
      show: (snapshot) => ({ SnapshotId: id(snapshot), StartTime: timeOf(snapshot) }),
    },
  ],
  [
    DescribeTransitGatewayAttachmentsCommand,
    {
      type: 'transit-gateway-attachment',
      list: 'TransitGatewayAttachments',
      filters: { 'resource-id': to, 'resource-type': () => 'vpn' },
      show: (attachment) => ({
        TransitGatewayAttachmentId: id(attachment),
        ResourceId: attachment.to,
        ResourceType: 'vpn',
        CreationTime: timeOf(attachment),
      }),
    },
  ],
];

/** The names of the commands for these calls. */
export const DESCRIBE_CHILDREN: readonly string[] = DESCRIPTIONS.map(([command]) => command.name);

const descriptionOf = (command: unknown): Description | undefined =>
  DESCRIPTIONS.find(([type]) => command instanceof type)?.[1];

/** Whether a command is one of these calls. */
export const describesChildren = (command: unknown): command is DescribeChildrenCommand =>
  descriptionOf(command) !== undefined;

/**
 * Answers a Describe call for volumes, security groups, network ACLs, route tables, images, snapshots or
 * transit gateway attachments, with the filters that find children. A resource's parent is known only if the
 * resource came with it or was attached to it: the VPC of a route table that somebody created is not known.
 * Results are in order of ids.
 */
export const describeChildren = async (
  shelf: ResourceShelf,
  command: DescribeChildrenCommand,
  now: () => number,
): Promise<Refusal | object> => {
  const { type, list, filters, show } = descriptionOf(command) as Description;
  const describable: Describable<Item> = {
    placeOf: (item) => [id(item), ''],
    filter: (name) => {
      const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
      return read && ((item) => [read(item)]);
    },
  };
  const question = questionOf(command.input as DescribeInput, describable);
  if (isRefusal(question)) return question;
  for (const [name, read] of Object.entries(filters)) {
    if (read === to || read === id) await shelf.load(question.idsUnder(name) ?? []);
  }
  const at = now();
  const visible = [...shelf.all()].filter(({ visibleFrom }) => visibleFrom <= at);
  const itemOf = (resource: SimulatedResource): Item => ({
    ...resource,
    ...(shelf.belongingOf(resource.identity.id) ?? { to: '', cameWithIt: false }),
    parts: () => visible.map(id).filter((part) => shelf.belongingOf(part)?.to === resource.identity.id),
  });
  const { items, ...more } = question.page(
    visible.filter(({ identity }) => identity.type === type).map(itemOf),
  );
  const tagged = items.map((item) => ({
    ...show(item),
    Tags: Array.from(item.tags, ([Key, Value]) => ({ Key, Value })),
  }));
  return { [list]: tagged, ...more };
};
