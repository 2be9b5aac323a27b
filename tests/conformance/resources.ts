import {
  CreateImageCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DeleteVpcCommand,
  DeregisterImageCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  type EC2Client,
  RunInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';

/** Makes resources in EC2, and removes in the end all that it made. */
export interface Maker {
  instances(count: number, tags?: readonly Tag[]): Promise<string[]>;
  volume(tags?: readonly Tag[]): Promise<string>;
  snapshotOf(volume: string): Promise<string>;
  vpc(): Promise<string>;
  securityGroup(vpc: string): Promise<string>;
  imageOf(instance: string): Promise<string>;
  removeAll(): Promise<void>;
}

const born = (ResourceType: 'instance' | 'volume', tags: readonly Tag[]) =>
  tags.length > 0 ? { TagSpecifications: [{ ResourceType, Tags: [...tags] }] } : {};

/** A maker of small resources in the client's Region. */
export const maker = async (ec2: EC2Client): Promise<Maker> => {
  const undo: (() => Promise<unknown>)[] = [];
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  const AvailabilityZone = AvailabilityZones[0]?.ZoneName;
  let image: string | undefined;
  let names = 0;
  const name = () => `conformance-${Date.now()}-${++names}`;

  return {
    async instances(count, tags = []) {
      image ??= await anyImage(ec2);
      const { Instances = [] } = await ec2.send(
        new RunInstancesCommand({
          ImageId: image,
          InstanceType: 't3.nano',
          MinCount: count,
          MaxCount: count,
          ...born('instance', tags),
        }),
      );
      const ids = Instances.map(({ InstanceId = '' }) => InstanceId);
      undo.push(() => ec2.send(new TerminateInstancesCommand({ InstanceIds: ids })));
      return ids;
    },
    async volume(tags = []) {
      const input = { AvailabilityZone, Size: 1, ...born('volume', tags) };
      const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand(input));
      undo.push(() => ec2.send(new DeleteVolumeCommand({ VolumeId })));
      return VolumeId;
    },
    async snapshotOf(VolumeId) {
      const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
      undo.push(() => ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
      return SnapshotId;
    },
    async vpc() {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.77.0.0/16' }));
      const VpcId = Vpc?.VpcId ?? '';
      undo.push(() => ec2.send(new DeleteVpcCommand({ VpcId })));
      return VpcId;
    },
    async securityGroup(VpcId) {
      const input = { GroupName: name(), Description: 'made by a test', VpcId };
      const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(input));
      undo.push(() => ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
      return GroupId;
    },
    async imageOf(InstanceId) {
      const { ImageId = '' } = await ec2.send(new CreateImageCommand({ InstanceId, Name: name() }));
      undo.push(() => ec2.send(new DeregisterImageCommand({ ImageId })));
      return ImageId;
    },
    async removeAll() {
      for (const one of undo.reverse()) await one();
    },
  };
};

const anyImage = async (ec2: EC2Client): Promise<string | undefined> => {
  const Filters = [{ Name: 'architecture', Values: ['x86_64'] }];
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters }));
  return Images[0]?.ImageId;
};
