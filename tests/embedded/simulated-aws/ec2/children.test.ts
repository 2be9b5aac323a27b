import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeVolumesCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { resourceTypeOf } from '../../../../src/events/resource-type.ts';

const test = suite('simulated EC2: what comes with a resource');

const START = Date.parse('2026-03-31T12:00:00Z');
const resource = (type: string, id: string) => ({
  account: '111122223333',
  region: 'eu-west-1',
  type,
  id,
});

const cloudWith = (options: Partial<SimulatedEc2Options> = {}) => {
  const clock = { ms: START };
  const cloud = simulatedEc2({ now: () => clock.ms, ...options });
  const ec2 = cloud.client('111122223333', 'eu-west-1');
  const volumes = async (...instances: string[]) =>
    (await ec2.send(new DescribeVolumesCommand({ Filters: where('attachment.instance-id', ...instances) })))
      .Volumes ?? [];
  const snapshots = async (image: string) =>
    (
      (await ec2.send(new DescribeImagesCommand({ Filters: where('image-id', image) }))).Images?.[0]
        ?.BlockDeviceMappings ?? []
    ).map(({ Ebs }) => Ebs?.SnapshotId);
  return { clock, cloud, ec2, volumes, snapshots };
};

const where = (Name: string, ...Values: string[]): Filter[] => [{ Name, Values }];

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no refusal',
    (error: unknown) => (error as Error).name,
  );

test('an instance has a root volume, made and attached with it, which can be tagged', async () => {
  const { cloud, ec2, volumes } = cloudWith();
  cloud.create({ ...resource('instance', 'i-01'), at: START - 1_000 });
  const [root, ...others] = await volumes('i-01');
  assert.equal(others, []);
  const { VolumeId: id = '', CreateTime, Attachments, Tags } = root ?? {};
  assert.is(resourceTypeOf(id), 'volume');
  assert.equal(CreateTime, new Date(START - 1_000));
  assert.is(Attachments?.[0]?.InstanceId, 'i-01');
  assert.equal(Tags, []);
  await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'Owner', Value: 'ada' }] }));
  assert.equal((await volumes('i-01'))[0]?.Tags, [{ Key: 'Owner', Value: 'ada' }]);
});

test('the same instance has the same volume in every run, and no other one has it', async () => {
  const idOf = async (instance: string) => {
    const { cloud, volumes } = cloudWith();
    cloud.create(resource('instance', instance));
    return (await volumes(instance))[0]?.VolumeId;
  };
  assert.is(await idOf('i-01'), await idOf('i-01'));
  assert.is.not(await idOf('i-01'), await idOf('i-02'));
});

test('a termination deletes the root volume, and leaves one that was attached by hand', async () => {
  const { cloud, volumes } = cloudWith();
  cloud.create(resource('instance', 'i-01'));
  cloud.create({ ...resource('volume', 'vol-01'), attachedTo: 'i-01' });
  const ids = (await volumes('i-01')).map(({ VolumeId }) => VolumeId);
  assert.is(ids.length, 2);
  const root = ids.find((id) => id !== 'vol-01') ?? '';
  cloud.remove(resource('instance', 'i-01'));
  assert.is(cloud.tagsOf(resource('volume', root)), undefined);
  assert.equal(cloud.tagsOf(resource('volume', 'vol-01')), []);
});

test('a VPC has a default security group, network ACL and main route table, and may have others', async () => {
  const { cloud, ec2 } = cloudWith();
  cloud.create(resource('vpc', 'vpc-01'));
  for (const [type, id] of [
    ['security-group', 'sg-01'],
    ['network-acl', 'acl-01'],
    ['route-table', 'rtb-01'],
  ] as const) {
    cloud.create({ ...resource(type, id), attachedTo: 'vpc-01' });
  }
  const asked = async (...more: readonly Filter[][]) => {
    const [groups = [], acls = [], tables = []] = more.map((filters) => [
      ...where('vpc-id', 'vpc-01'),
      ...filters,
    ]);
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: groups }));
    const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({ Filters: acls }));
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: tables }));
    return [
      SecurityGroups.map(({ GroupName }) => GroupName).sort(),
      NetworkAcls.map(({ IsDefault }) => IsDefault).sort(),
      RouteTables.map(({ Associations }) => Associations?.[0]?.Main).sort(),
    ];
  };
  assert.equal(await asked([], [], []), [
    ['default', 'sg-01'],
    [false, true],
    [false, true],
  ]);
  const byDefault = [
    where('group-name', 'default'),
    where('default', 'true'),
    where('association.main', 'true'),
  ];
  assert.equal(await asked(...byDefault), [['default'], [true], [true]]);
});

test('an image that was made or copied has a new snapshot, which stays when it goes; a registered one has none of its own', async () => {
  const { cloud, ec2, snapshots } = cloudWith();
  cloud.create({ ...resource('image', 'ami-01'), by: 'CreateImage' });
  cloud.create({ ...resource('image', 'ami-02'), by: 'CopyImage' });
  cloud.create({ ...resource('image', 'ami-03'), by: 'RegisterImage' });
  cloud.create({ ...resource('snapshot', 'snap-03'), at: START - 60_000, attachedTo: 'ami-03' });
  const [made = ''] = await snapshots('ami-01');
  assert.is(resourceTypeOf(made), 'snapshot');
  assert.is((await snapshots('ami-02')).length, 1);
  assert.equal(await snapshots('ami-03'), ['snap-03']);
  cloud.remove(resource('image', 'ami-01'));
  const ids = where('snapshot-id', made, 'snap-03');
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ Filters: ids }));
  assert.equal(
    Snapshots.map(({ SnapshotId, StartTime }) => [SnapshotId, StartTime?.getTime()]).sort(),
    [
      [made, START],
      ['snap-03', START - 60_000],
    ].sort(),
  );
});

test('an attachment is found by the VPN connection that it is of', async () => {
  const { cloud, ec2 } = cloudWith();
  cloud.create(resource('vpn-connection', 'vpn-01'));
  cloud.create({ ...resource('transit-gateway-attachment', 'tgw-attach-01'), attachedTo: 'vpn-01' });
  const { TransitGatewayAttachments = [] } = await ec2.send(
    new DescribeTransitGatewayAttachmentsCommand({ Filters: where('resource-id', 'vpn-01', 'vpn-02') }),
  );
  assert.equal(
    TransitGatewayAttachments.map(({ TransitGatewayAttachmentId: id }) => id),
    ['tgw-attach-01'],
  );
});

test('what came with a resource is shown when its own time has come', async () => {
  const delays = { 'i-01': 1_000 } as Record<string, number>;
  const { clock, cloud, volumes } = cloudWith({ visibleAfterMs: (id) => delays[id] ?? 3_000 });
  cloud.create(resource('instance', 'i-01'));
  clock.ms += 2_999;
  assert.equal(await volumes('i-01'), []);
  clock.ms += 1;
  assert.is((await volumes('i-01')).length, 1);
});

test('a cloud that is rebuilt finds what came with a resource, with the tags that are known of it', async () => {
  const before = cloudWith();
  before.cloud.create(resource('instance', 'i-01'));
  const [{ VolumeId: root = '' } = {}] = await before.volumes('i-01');

  const known = new Map([['i-01', { type: 'instance', tags: [], madeAt: START }]]);
  const lookup = async (_account: string, _region: string, id: string) => known.get(id);
  const without = await cloudWith({ lookup }).volumes('i-01');
  assert.equal(
    without.map(({ VolumeId, Tags, CreateTime }) => ({ VolumeId, Tags, CreateTime })),
    [{ VolumeId: root, Tags: [], CreateTime: new Date(START) }],
  );
  known.set(root, { type: 'volume', tags: [{ key: 'Owner', value: 'ada' }] as never[], madeAt: START });
  assert.equal((await cloudWith({ lookup }).volumes('i-01'))[0]?.Tags, [{ Key: 'Owner', Value: 'ada' }]);
  const { ec2, volumes } = cloudWith({ lookup });
  await ec2.send(new DescribeTagsCommand({ Filters: where('resource-id', root) }));
  assert.is((await volumes('i-01')).length, 1, 'also when the volume was loaded first');
  known.delete(root);

  const gone = cloudWith({ lookup });
  gone.cloud.remove(resource('instance', 'i-01'));
  assert.equal(await gone.volumes('i-01'), []);
});

test('all Describe calls of an account and Region share a bucket of 100, and are counted', async () => {
  const { cloud, ec2, volumes } = cloudWith();
  for (let n = 0; n < 99; n++) await volumes('i-01');
  await ec2.send(new DescribeTagsCommand({}));
  assert.is(await codeOf(volumes('i-01')), 'RequestLimitExceeded');
  assert.equal([cloud.calls.describeChildren, cloud.calls.describeTags, cloud.calls.throttled], [100, 1, 1]);
});

test('pages, the limit on filter values and unknown filters are as with DescribeTags', async () => {
  const { cloud, ec2 } = cloudWith();
  const ids = Array.from({ length: 200 }, (_, n) => `i-${n.toString(16).padStart(8, '0')}`);
  for (const id of ids) cloud.create(resource('instance', id));
  const Filters = where('attachment.instance-id', ...ids);
  const found = new Set<string>();
  let NextToken: string | undefined;
  let pages = 0;
  do {
    const page = await ec2.send(
      new DescribeVolumesCommand({ Filters, MaxResults: 100, ...(NextToken && { NextToken }) }),
    );
    for (const { VolumeId = '' } of page.Volumes ?? []) found.add(VolumeId);
    ({ NextToken } = page);
    pages += 1;
  } while (NextToken);
  assert.equal([found.size, pages], [200, 2]);
  const describe = (Filters: Filter[]) => codeOf(ec2.send(new DescribeVolumesCommand({ Filters })));
  assert.is(await describe([...Filters, ...where('volume-id', '*')]), 'FilterLimitExceeded');
  assert.is(await describe(where('colour', 'red')), 'InvalidParameterValue');
  assert.is(await describe(where('toString', 'red')), 'InvalidParameterValue');
});

test.run();
