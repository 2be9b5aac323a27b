import { chatter } from './chatter.ts';
import type { Tags } from './creations.ts';
import { cast, DATA_ACCOUNT, PROD_ACCOUNT } from './identities.ts';
import { type Entry, ERRORS, journal } from './journal.ts';
import { random } from './random.ts';
import { site } from './site.ts';

/** Resources that the demo's made-up EC2 treats in a special way. */
export interface Scenario {
  /** An instance with a story: two records of its launch, tags set and taken away by people, its end. */
  readonly historyOf: string;
  /** CreateTags is refused for these. */
  readonly denied: readonly string[];
  /** The trail says that these were made, but EC2 never knows them. */
  readonly ghosts: readonly string[];
  /** EC2 knows these only some seconds after their creation. */
  readonly slow: readonly string[];
}

/** Two working days of a small made-up company, in the order in which they are told, not in time's. */
export const tell = (seed: number): { entries: readonly Entry[]; scenario: Scenario } => {
  const r = random(seed);
  const who = cast(r);
  const prod = site(r, PROD_ACCOUNT, 'eu-west-1');
  const edge = site(r, PROD_ACCOUNT, 'us-east-1');
  const data = site(r, DATA_ACCOUNT, 'us-east-1');
  const lab = site(r, DATA_ACCOUNT, 'eu-west-1');
  const book = journal(r);
  const { create, refuse, tag, untag, changeState, remove } = book;

  const named = (Name: string): { tags: Tags } => ({ tags: { Name } });
  /** The tags that Terraform puts on at birth: nothing is left for tagledger to do. */
  const full = (Name: string, Owner: string, CreatedAt: string): { tags: Tags } => ({
    tags: { Name, Owner, CreatedBy: Owner, CreatedAt },
  });
  const first = (ids: readonly string[]): string => ids[0] ?? '';

  // Ana builds the network of the payments product, by hand.
  const vpcId = first(create(who.ana, prod, '30 07:12:04', 'CreateVpc', named('payments'), { bus: 'also' }));
  const inVpc = { refs: { vpcId } };
  const subnets = ['a', 'b', 'c'].map((zone, i) =>
    first(
      create(who.ana, prod, `30 07:13:${10 + 7 * i}`, 'CreateSubnet', {
        ...named(`payments-${zone}`),
        ...inVpc,
      }),
    ),
  );
  const [subnetId = ''] = subnets;
  const internetGatewayId = first(
    create(who.ana, prod, '30 07:15:02', 'CreateInternetGateway', named('payments'), { again: 7 }),
  );
  const routeTables = ['public', 'private'].map((name, i) =>
    first(create(who.ana, prod, `30 07:16:${11 + 9 * i}`, 'CreateRouteTable', { ...named(name), ...inVpc })),
  );
  const [routeTableId = ''] = routeTables;
  const networkAclId = first(create(who.ana, prod, '30 07:18:45', 'CreateNetworkAcl', inVpc));
  const allocationId = first(
    create(who.ana, prod, '30 07:20:31', 'AllocateAddress', named('payments-nat'), {
      again: 10,
      bus: 'also',
    }),
  );
  create(
    who.ana,
    prod,
    '30 07:21:09',
    'CreateNatGateway',
    {
      tags: { Name: 'payments', CostCenter: '4100', Billable: 'true' },
      refs: { vpcId, subnetId, allocationId },
    },
    { bus: 'also' },
  );
  const [web = '', db = ''] = ['payments-web', 'payments-db', 'payments-admin'].map((label, i) =>
    first(create(who.ana, prod, `30 07:2${4 + i}:18`, 'CreateSecurityGroup', { label, ...inVpc })),
  );
  create(who.ana, prod, '30 07:28:50', 'CreateVpcEndpoint', {
    ...named('payments-s3'),
    refs: { vpcId, routeTableId },
  });
  create(who.ana, prod, '30 07:30:05', 'CreateFlowLogs', { count: 2, refs: { vpcId } }, { again: 6 });
  create(who.ana, prod, '30 07:31:40', 'CreateDhcpOptions', {}, { late: 8 });
  const customerGatewayId = first(
    create(who.ana, prod, '30 07:40:12', 'CreateCustomerGateway', named('office'), { again: 8 }),
  );
  const vpnGatewayId = first(create(who.ana, prod, '30 07:41:20', 'CreateVpnGateway', named('office')));
  create(
    who.ana,
    prod,
    '30 07:43:37',
    'CreateVpnConnection',
    { refs: { customerGatewayId, vpnGatewayId } },
    { again: 8 },
  );
  create(who.ana, prod, '30 07:50:01', 'CreateVpcPeeringConnection', {
    ...named('payments-to-data'),
    refs: { vpcId, peerVpcId: lab.refs.vpcId },
  });
  const inWeb = { refs: { vpcId, subnetId, groupId: web } };

  // Priya prepares the templates that CI and the scaling group launch from.
  create(who.priya, prod, '30 08:02:16', 'CreateKeyPair', { label: 'payments-2026' }, { again: 9 });
  const launchTemplateId = first(
    create(who.priya, prod, '30 08:05:49', 'CreateLaunchTemplate', named('payments-web'), { bus: 'also' }),
  );
  create(
    who.ci,
    prod,
    '30 08:14:30',
    'CreateLaunchTemplate',
    full('payments-worker', 'platform', '2026-03-30'),
  );

  // The instance whose history is worth reading.
  const historyOf = first(
    create(
      who.ci,
      prod,
      '30 09:03:12',
      'RunInstances',
      { ...named('checkout-canary'), volumeTags: { Name: 'checkout-canary-root' }, ...inWeb },
      { again: 6, bus: 'also' },
    ),
  );
  tag(who.priya, prod, '30 10:12:33', [historyOf], { Owner: 'priya.nair' }, { bus: 'also' });
  tag(who.ana, prod, '30 11:25:08', [historyOf], { Environment: 'canary', CostCenter: '4100' }, { late: 4 });
  untag(who.ana, prod, '31 09:02:47', [historyOf], [{ key: 'Environment' }]);
  changeState(who.priya, prod, '31 14:40:11', 'StopInstances', [historyOf]);
  changeState(who.ana, prod, '31 16:20:54', 'TerminateInstances', [historyOf], { bus: 'also' });

  // CI deploys the product: eight web instances, then five workers, two of which EC2 loses at once.
  const fleet = create(who.ci, prod, '30 09:10:40', 'RunInstances', {
    ...named('payments-web'),
    volumeTags: { Name: 'payments-web-root' },
    ...inWeb,
    count: 8,
  });
  const workers = create(
    who.ci,
    prod,
    '30 09:16:05',
    'RunInstances',
    { ...named('payments-worker'), ...inWeb, count: 5 },
    { bus: 'also' },
  );
  create(who.ci, prod, '30 09:21:58', 'RunInstances', {
    ...full('payments-batch', 'platform', '2026-03-30'),
    ...inWeb,
    count: 2,
  });
  changeState(who.ana, prod, '30 16:45:20', 'TerminateInstances', fleet.slice(5, 7));
  tag(who.ana, prod, '30 13:35:00', fleet.slice(0, 3), { Environment: 'production', CostCenter: '4100' });

  // Kenji handles an incident. The record of his volume comes hours after the one that tags it.
  const evidence = first(create(who.kenji, prod, '30 09:31:17', 'CreateVolume', {}, { late: 5 }));
  tag(who.kenji, prod, '30 09:47:02', [evidence], { Owner: 'security', Case: '2211' });
  const [suspect = ''] = create(
    who.kenji,
    prod,
    '30 09:35:44',
    'RunInstances',
    { ...named('forensics'), ...inWeb },
    { late: 6 },
  );
  changeState(who.kenji, prod, '30 12:05:30', 'TerminateInstances', [suspect]);
  create(who.kenji, prod, '30 09:40:26', 'CreateSnapshots', {
    tags: { Name: 'incident-2211', Case: '2211' },
    refs: { instanceId: first(fleet) },
    count: 2,
  });
  create(who.kenji, prod, '30 09:52:13', 'CreateSnapshots', { label: 'before isolation' }, { again: 5 });

  // Instances on network interfaces that exist already: one made in this trail, one older.
  const fixed = first(
    create(
      who.ci,
      prod,
      '30 10:00:21',
      'CreateNetworkInterface',
      { ...named('sftp'), ...inWeb },
      { again: 4 },
    ),
  );
  create(who.ci, prod, '30 10:01:09', 'RunInstances', {
    ...named('sftp'),
    ...inWeb,
    existingInterface: fixed,
  });
  create(who.priya, edge, '30 10:44:50', 'RunInstances', {
    ...named('bastion'),
    existingInterface: edge.refs.networkInterfaceId,
  });

  // Volumes, snapshots and images of everyday work.
  const volumes = [1, 2, 3, 4, 5].map((n) =>
    first(
      create(
        who.ci,
        prod,
        `30 10:1${n}:27`,
        'CreateVolume',
        n < 4 ? named(`ledger-${n}`) : {},
        n === 2 ? { again: 5 } : {},
      ),
    ),
  );
  const [ledgerVolume = '', doomedVolume = '', sharedVolume = ''] = volumes;
  const snapshots = volumes.slice(0, 4).map((volumeId, n) =>
    first(
      create(who.priya, prod, `30 14:3${n}:12`, 'CreateSnapshot', {
        label: `before migration ${n + 1}`,
        refs: { volumeId },
        ...(n === 0 ? named('golden') : {}),
      }),
    ),
  );
  const [goldenSnapshot = '', doomedSnapshot = ''] = snapshots;
  remove(who.priya, prod, '31 10:15:36', 'DeleteSnapshot', doomedSnapshot);
  remove(who.priya, prod, '31 10:18:02', 'DeleteVolume', doomedVolume, { bus: 'also' });
  const image = first(
    create(who.packer, prod, '30 11:02:44', 'CreateImage', {
      ...named('web-2026-03-30'),
      refs: { instanceId: first(fleet) },
    }),
  );
  create(who.packer, prod, '30 15:20:15', 'RegisterImage', {
    label: 'rescue-2026-03-30',
    refs: { snapshotId: goldenSnapshot },
  });
  const copied = first(
    create(who.packer, edge, '30 12:10:03', 'CopyImage', {
      ...named('web-2026-03-30'),
      refs: { imageId: image },
    }),
  );
  create(who.packer, edge, '30 15:25:41', 'CopySnapshot', {
    label: 'golden copy',
    refs: { snapshotId: goldenSnapshot },
  });
  tag(who.packer, edge, '30 12:31:19', [copied], { Channel: 'stable' });

  // The smaller setup in us-east-1.
  create(who.ci, edge, '30 12:40:00', 'CreateSecurityGroup', full('edge', 'platform', '2026-03-30'));
  create(who.ci, edge, '30 12:41:12', 'CreateKeyPair', full('edge', 'platform', '2026-03-30'));
  const edgeEip = first(create(who.priya, edge, '30 12:52:38', 'AllocateAddress', {}, { bus: 'also' }));
  const edgeNodes = create(who.ci, edge, '30 12:58:26', 'RunInstances', {
    ...named('edge-cache'),
    count: 3,
    refs: { imageId: copied },
  });
  for (const n of [1, 2, 3]) create(who.priya, edge, `31 08:1${n}:09`, 'CreateVolume', named(`cache-${n}`));
  create(who.priya, edge, '31 08:20:57', 'CreateSubnet', {});
  create(who.ci, edge, '31 13:44:32', 'CreateSecurityGroup', named('edge-tls'));
  create(who.ci, edge, '31 13:46:10', 'RunInstances', { ...named('edge-cache'), count: 2 });
  create(who.priya, edge, '31 08:23:18', 'CreateRouteTable', {}, { late: 5 });
  create(who.ana, edge, '31 09:31:40', 'CreateVpcEndpoint', {
    tags: { Name: 'edge-s3', Managed: 'true', CostCenter: '4200' },
  });
  create(who.ana, edge, '31 09:33:02', 'CreateNatGateway', { refs: { allocationId: edgeEip } });
  tag(who.priya, edge, '31 08:41:14', edgeNodes.slice(0, 2), { Environment: 'production' });
  untag(who.priya, edge, '31 11:11:29', [copied], [{ key: 'Channel', value: 'stable' }]);

  // Tom's experiments in the data account.
  const notebooks = [1, 2].flatMap((n) =>
    create(who.tom, data, `30 08:3${n}:36`, 'RunInstances', n === 1 ? named('notebook-1') : {}),
  );
  const training = create(
    who.tom,
    data,
    '30 13:05:11',
    'RunInstances',
    { ...named('training'), count: 4 },
    { bus: 'also' },
  );
  const datasets = [1, 2, 3, 4].map((n) =>
    first(create(who.tom, data, `30 13:2${n}:04`, 'CreateVolume', n % 2 ? named(`dataset-${n}`) : {})),
  );
  create(who.tom, data, '30 15:41:52', 'CreateImage', { label: 'notebook-base' });
  create(who.tom, data, '30 16:02:28', 'CreateSecurityGroup', { label: 'notebooks' }, { late: 6 });
  tag(who.tom, data, '30 13:44:13', [first(training)], { Owner: 'research', Project: 'forecast' });
  untag(who.tom, data, '31 12:20:00', [first(notebooks)], []);
  tag(who.tom, data, '31 08:50:41', [first(datasets)], { Project: 'forecast' }, { late: 7 });
  create(who.ciInData, data, '31 09:44:08', 'CreateVpc', full('data', 'data-platform', '2026-03-31'));
  create(who.ciInData, data, '31 09:45:21', 'CreateSubnet', full('data-a', 'data-platform', '2026-03-31'));
  create(who.ciInData, data, '31 09:46:02', 'CreateSubnet', full('data-b', 'data-platform', '2026-03-31'));
  create(who.ciInData, data, '31 09:47:55', 'CreateFlowLogs', full('data', 'data-platform', '2026-03-31'), {
    bus: 'also',
  });
  for (const n of [1, 2, 3, 4, 5])
    create(who.tom, data, `31 13:3${n}:26`, 'CreateVolume', n < 3 ? named(`features-${n}`) : {});
  create(who.tom, data, '31 14:12:37', 'RunInstances', full('forecast', 'tom.okafor', '2026-03-31'));
  create(who.tom, data, '31 15:20:45', 'CreateImage', named('forecast-base'));
  create(who.ciInData, data, '31 09:49:30', 'CreateNetworkInterface', { label: 'feature store' });

  // The lab: a contractor, and once the root user.
  const trial = create(who.contractor, lab, '30 11:05:14', 'RunInstances');
  const scratch = first(create(who.contractor, lab, '30 11:12:39', 'CreateVolume', {}));
  create(
    who.root,
    lab,
    '30 11:55:07',
    'CreateSecurityGroup',
    { label: 'opened-in-a-hurry' },
    { bus: 'also' },
  );
  create(who.anaInData, lab, '30 12:15:25', 'CreateSnapshot', named('trial'));
  create(who.anaInData, lab, '30 12:33:48', 'CreateLaunchTemplate', {});

  // What services do by themselves, at night too.
  const scaled = [
    '30 12:01:15',
    '30 17:30:44',
    '31 00:14:22',
    '31 06:58:03',
    '31 11:30:37',
    '31 15:05:50',
  ].map((when, i) =>
    create(
      who.scaling,
      prod,
      when,
      'RunInstances',
      {
        tags: { 'aws:autoscaling:groupName': 'payments-web', ...(i % 2 ? {} : { Name: 'payments-web-asg' }) },
        ...inWeb,
        count: 1 + (i % 3),
      },
      i === 3 ? { bus: 'also' } : {},
    ),
  );
  create(who.scalingInData, data, '31 07:40:19', 'RunInstances', {
    tags: { 'aws:autoscaling:groupName': 'training' },
    count: 2,
  });
  datasets.forEach((volumeId, n) => {
    create(who.backup, data, `31 02:0${n}:30`, 'CreateSnapshot', { label: 'nightly', refs: { volumeId } });
  });

  // The second morning.
  create(who.ana, prod, '31 07:35:58', 'CreateNetworkInterface', { label: 'appliance', ...inWeb });
  create(who.ana, prod, '31 07:52:31', 'AllocateAddress', full('vpn', 'ana.lopez', '2026-03-31'));
  const release = create(who.ci, prod, '31 10:05:22', 'RunInstances', {
    ...named('payments-web-v2'),
    ...inWeb,
    count: 4,
  });
  for (const n of [1, 2, 3, 4])
    create(who.ci, prod, `31 10:2${n}:48`, 'CreateVolume', n < 3 ? named(`ledger-v2-${n}`) : {});
  create(who.packer, prod, '31 10:40:17', 'CreateImage', { label: 'web-2026-03-31' });
  create(who.packer, edge, '31 11:52:26', 'CopyImage', { label: 'web-2026-03-31' });
  create(who.priya, prod, '31 13:15:34', 'CreateSecurityGroup', named('payments-metrics'));
  create(who.ci, prod, '31 13:40:09', 'CreateRouteTable', full('payments-v2', 'platform', '2026-03-31'));
  create(who.ana, prod, '31 14:06:43', 'CreateSnapshots', { count: 3, label: 'before v2' }, { bus: 'also' });

  // These reached EventBridge, but no log file that we have.
  create(who.priya, prod, '31 16:02:11', 'CreateVolume', {}, { bus: 'only' });
  create(who.ci, edge, '31 16:10:48', 'RunInstances', named('edge-canary'), { bus: 'only' });
  create(who.tom, data, '31 16:31:05', 'CreateSnapshot', named('forecast'), { bus: 'only' });
  tag(who.tom, data, '31 16:44:39', [datasets[1] ?? ''], { Owner: 'tom.okafor' }, { bus: 'only' });
  refuse(who.contractor, lab, '31 16:50:20', 'CreateVpc', ERRORS.unauthorized, {}, { bus: 'only' });

  // People tag things that are older than the trail.
  tag(
    who.ana,
    prod,
    '30 15:10:10',
    [prod.refs.vpcId, prod.refs.subnetId],
    { Legacy: 'true' },
    { bus: 'also' },
  );
  tag(who.priya, prod, '31 09:28:56', [web, db], { CostCenter: '4100' }, { bus: 'also' });

  // tagledger's own calls come back.
  for (const [when, where, ids, owner] of [
    ['30 09:12:20', prod, fleet.slice(0, 8), 'gh-actions-4711'],
    ['30 10:13:05', prod, [ledgerVolume], 'gh-actions-4711'],
    ['30 12:54:10', edge, [edgeEip], 'priya.nair'],
    ['30 12:59:31', edge, edgeNodes.slice(0, 3), 'gh-actions-4711'],
    ['31 10:06:40', prod, release.slice(0, 4), 'gh-actions-4711'],
  ] as const)
    tag(who.tagledger, where, when, ids, { Owner: owner });
  tag(
    who.tagledger,
    prod,
    '31 10:24:02',
    [sharedVolume],
    { Owner: 'gh-actions-4711' },
    { error: ERRORS.throttled },
  );

  // Calls that AWS refuses, and dry runs: nothing comes of them.
  const { unauthorized, throttled, instanceLimit, dryRun } = ERRORS;
  refuse(who.contractor, lab, '30 11:01:03', 'RunInstances', unauthorized, { count: 3 });
  refuse(who.contractor, lab, '30 11:02:47', 'CreateKeyPair', unauthorized);
  refuse(who.tom, data, '30 10:20:18', 'CreateVpc', unauthorized, named('mine'), { bus: 'also' });
  refuse(who.ci, prod, '30 09:15:33', 'RunInstances', throttled, { ...named('payments-worker'), count: 5 });
  refuse(who.backup, data, '31 02:04:30', 'CreateSnapshot', throttled, { label: 'nightly' });
  refuse(who.backup, data, '31 02:04:31', 'CreateSnapshot', throttled, { label: 'nightly' });
  refuse(who.tom, data, '30 13:04:02', 'RunInstances', instanceLimit, { ...named('training'), count: 9 });
  refuse(who.scaling, prod, '31 11:29:30', 'RunInstances', instanceLimit, inWeb);
  changeState(who.contractor, lab, '30 13:10:52', 'TerminateInstances', trial.slice(0, 1), {
    error: unauthorized,
  });
  tag(who.contractor, lab, '30 11:14:08', [scratch], { Owner: 'lee' }, { error: unauthorized });
  refuse(who.ci, prod, '30 09:02:30', 'RunInstances', dryRun, { ...named('checkout-canary'), ...inWeb });
  refuse(who.ci, prod, '31 10:04:41', 'RunInstances', dryRun, { ...named('payments-web-v2'), count: 4 });
  refuse(who.packer, prod, '30 11:02:01', 'CreateImage', dryRun, named('web-2026-03-30'));
  refuse(who.ci, edge, '30 12:39:22', 'CreateSecurityGroup', dryRun);
  remove(who.priya, prod, '31 10:17:20', 'DeleteVolume', ledgerVolume, { error: dryRun });

  chatter(r, book, {
    who,
    prod,
    edge,
    data,
    lab,
    vpcId,
    web,
    fleet,
    volumes,
    routeTableId,
    internetGatewayId,
    networkAclId,
    launchTemplateId,
  });

  const pick = (ids: readonly string[], ...at: number[]): string[] => at.map((i) => ids[i] ?? '');
  return {
    entries: book.entries,
    scenario: {
      historyOf,
      denied: [scratch, ...pick(trial, 0), ...pick(datasets, 2), ...pick(scaled[1] ?? [], 0)],
      ghosts: pick(workers, 1, 3),
      slow: [...pick(volumes, 4), ...pick(training, 1), goldenSnapshot, ...pick(scaled[2] ?? [], 0)],
    },
  };
};
